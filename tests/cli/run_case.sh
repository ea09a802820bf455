#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run_case.sh SNITT CASE.cmd: runs the case in an empty folder with snitt on PATH and
# compares with CASE.stdout, CASE.stderr (both: absent = empty) and CASE.exit (absent
# = 0).  Each line of those is a shell pattern; a line "..." stands for any lines
# until the next one matches.  SNITT_BLESS=1 writes what came instead of comparing.
set -u
snitt=$1
base=${2%.cmd}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin" "$folder/home" "$folder/work"
ln -s "$snitt" "$folder/bin/snitt"
(
    cd "$folder/work" || exit 99
    HOME=$folder/home PATH=$folder/bin:$PATH XDG_DATA_HOME=$folder/home
    export HOME PATH XDG_DATA_HOME
    unset SNITT_STORE
    sh "$base.cmd" >"$folder/stdout" 2>"$folder/stderr" </dev/null
)
code=$?

if [ "${SNITT_BLESS:-}" = 1 ]; then
    for stream in stdout stderr; do
        rm -f "$base.$stream"
        [ ! -s "$folder/$stream" ] || cp "$folder/$stream" "$base.$stream"
    done
    printf '%s\n' "$code" >"$base.exit"
    exit 0
fi

# matches EXPECTED ACTUAL: true when every line does, none left over.
matches() {
    exec 3<"$1" 4<"$2"
    any=no
    while IFS= read -r pattern <&3; do
        if [ "$pattern" = ... ]; then
            any=yes
            continue
        fi
        while :; do
            IFS= read -r line <&4 || return 1
            # shellcheck disable=SC2254
            case $line in
            $pattern) break ;;
            esac
            [ "$any" = yes ] || return 1
        done
        any=no
    done
    [ "$any" = yes ] || ! IFS= read -r line <&4
}

failed=0
for stream in stdout stderr; do
    expected=$base.$stream
    [ -e "$expected" ] || expected=/dev/null
    if ! matches "$expected" "$folder/$stream"; then
        echo "$stream differs (- expected, + got):"
        diff -u "$expected" "$folder/$stream" | tail -n +3
        failed=1
    fi
done
expected_code=0
[ ! -e "$base.exit" ] || expected_code=$(cat "$base.exit")
if [ "$code" != "$expected_code" ]; then
    echo "exit code $code, expected $expected_code"
    failed=1
fi
exit $failed
