#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# bench_batch.sh SNITT TREE [CASES]: seconds of a batch of replay years on real 2019, two
# configurations each: with what cases share worked out once, with nothing shared (each
# reads the store and solves its base), on one thread and two; and of cases that are
# cached.  Prints a table; asserts only that nothing failed.
set -eu
snitt=$1
tree=$2
cases=${3:-200}
data=${SNITT_REFERENCE_DATA:-$tree/../shared/data}
if [ ! -d "$data/flows" ]; then
    echo "skipped: no reference data at $data"
    [ "${SNITT_REQUIRE_REFERENCE:-}" != 1 ] || exit 1
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$snitt" import --store store "$data"/prices/entsoe-gui/*_2019_* \
    "$data"/prices/nordpool-sek/*_2019_* "$data"/zones-hourly/DK* \
    "$data"/zones-hourly/FI* "$data"/zones-hourly/NO* "$data"/zones-hourly/SE* \
    "$data"/zones-hourly/EE* "$data"/zones-hourly/NL* "$data"/zones-hourly/DE_LU* \
    "$data"/nordpool/*se-areas_2019* "$data"/nordpool/production-prognosis_2019* \
    "$data"/flows/*_2019_* "$data"/hydro/nve_reservoir_201[89]* \
    "$data"/hydro/hydro-reservoir_201[89]* "$data"/svk/*Prod* >/dev/null 2>&1
mkdir library
cp "$tree"/scenarios/library/*.yaml library
# Same base for all: the tolerance of a base whose water is held plays no part in it.
cat >library/shared.yaml <<YAML
base: replay.yaml
name: shared
sweep:
  hydro.energy_tolerance_share: {from: 0.00005, to: 0.0001, count: $cases}
YAML
# Another moment of reading: the store is read and the base solved for each.
{
    printf 'base: replay.yaml\nname: apart\nsweep:\n  as_of: ['
    i=0
    while [ "$i" -lt "$cases" ]; do
        [ "$i" = 0 ] || printf ', '
        printf '2090-01-01T%02d:%02dZ' $((i / 60 % 24)) $((i % 60))
        i=$((i + 1))
    done
    printf ']\n'
} >library/apart.yaml
measure() { # NAME FILE JOBS
    /usr/bin/python3 - "$snitt" "$@" "$cases" <<'PY'
import os, subprocess, sys, time
snitt, name, path, jobs, cases = sys.argv[1:]
start = time.time()
child = subprocess.Popen([snitt, "batch", path, "--store", "store", "-o", "out-" + name.split(",")[0],
                          "--jobs", jobs], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
text = child.stderr.read().decode()
_, status, usage = os.wait4(child.pid, 0)
wall = time.time() - start
cpu = usage.ru_utime + usage.ru_stime
assert status == 0, text
print("%-22s %4s cases, %s jobs: %7.1f s, cpu %7.1f s, %8.2f ms a case, %.0f MB" %
      (name, cases, jobs, wall, cpu, 1e3 * wall / int(cases), usage.ru_maxrss / 1024), flush=True)
PY
}
measure shared library/shared.yaml 2
measure "shared, cached" library/shared.yaml 2
measure apart library/apart.yaml 2
measure "one thread" library/shared.yaml 1
