#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# failures.sh SNITT MAKE_RUN: what cannot be drawn is said in one line, and the numbers
# stay.
set -eu
snitt=$1
make_run=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() {
    echo "FAIL $*"
    exit 1
}
# expect CODE PATTERN COMMAND...: exit code, and one line on stderr that matches.
expect() {
    code=$1
    pattern=$2
    shift 2
    got=0
    "$@" >out 2>err || got=$?
    [ "$got" = "$code" ] || fail "exit $got, not $code: $* ($(cat err))"
    [ "$(grep -c "$pattern" err)" = 1 ] || fail "stderr of $*: $(cat err)"
}

"$make_run" plain run
mkdir bin
for tool in env sh; do ln -s "$(command -v "$tool")" "bin/$tool"; done
expect 1 'gnuplot is not installed' env PATH="$work/bin" "$snitt" plot --all --run run
[ -s run/charts/q01.csv ] && [ -s run/summary.json ] || fail "numbers are gone"
grep -q '<table' run/report.html || fail "the report has no tables"
grep -q '<svg' run/report.html && fail "the report shows a chart that was not drawn"

printf '#!/bin/sh\necho "no such terminal" >&2\nexit 3\n' >bin/gnuplot
chmod +x bin/gnuplot
expect 1 'gnuplot failed with exit code 3' env PATH="$work/bin" "$snitt" plot Q1 --run run
expect 2 'there is no question "Q17"' "$snitt" plot Q17 --run run
expect 2 'size "huge": expected slide|a4|square|social' "$snitt" plot Q1 --run run --size huge
expect 2 'format "gif": expected some of svg,pdf,png' "$snitt" plot Q1 --run run --format gif
expect 2 'run DIR is missing' "$snitt" plot Q1
expect 1 'Q11 has no data' "$snitt" plot Q11 --run run
grep -q 'Q11 is not drawn: run snitt' err || fail "what to do is not said in English"
echo '{"a": 1}' >no-schema.json
expect 1 'has no "schema"' "$snitt" plot Q5 --run run --data no-schema.json
echo '{"a": ' >cut.json
expect 1 'is no JSON' "$snitt" plot Q5 --run run --data cut.json
cp -r run broken
printf 'not HDF5' >broken/result.h5
expect 1 'result.h5' "$snitt" plot Q1 --run broken
expect 1 'nowhere' "$snitt" plot Q1 --run nowhere
# A run whose check failed shows no numbers.
cp -r run failed
sed 's/"status": "ok"/"status": "failed"/' run/summary.json >failed/summary.json
"$snitt" plot --all --run failed >/dev/null 2>&1
grep -q '<table' failed/report.html && fail "a failed run shows tables"
exit 0
