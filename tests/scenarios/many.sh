#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# many.sh SNITT: 10 000 cases take no more memory than 2 000, but for their results.
set -eu
snitt=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$snitt" model-year --store store >/dev/null 2>&1
for n in 2000 10000; do
    cat >many$n.yaml <<YAML
name: many
year: 2025
period: {from: 2025-01-01, to: 2025-01-02}
areas: [SE1, SE2, SE3, SE4]
edges: []
configurations: {base: se4, compare: [se1]}
hydro: {balance: false}
sources: {price: [model_year], load: [model_year], generation: [model_year], flow: [model_year], reservoir: [model_year]}
sweep:
  extra_load_mw.SE2: {from: 0, to: 1000, count: $n}
YAML
done
/usr/bin/python3 - "$snitt" <<'PY'
import os, subprocess, sys, time
peak = {}
for n in ("2000", "10000"):
    for turn in ("worked out", "cached"):
        start = time.time()
        child = subprocess.Popen([sys.argv[1], "batch", "many%s.yaml" % n, "--store", "store",
                                  "-o", "out" + n], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE)
        text = child.stderr.read().decode()
        _, status, usage = os.wait4(child.pid, 0)
        assert status == 0, text
        peak[n, turn] = usage.ru_maxrss / 1024
        print("%6s cases %-10s %6.1f s, cpu %6.1f s, %.2f ms a case, peak %.0f MB" %
              (n, turn, time.time() - start, usage.ru_utime + usage.ru_stime,
               1e3 * (usage.ru_utime + usage.ru_stime) / int(n), usage.ru_maxrss / 1024))
for turn in ("worked out", "cached"):
    grown_kb = 1024 * (peak["10000", turn] - peak["2000", turn]) / 8000
    assert grown_kb < 5, (turn, peak)  # a case's numbers are 1.3 kB, its line 0.8
PY
