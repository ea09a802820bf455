#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check_docs.sh SNITT TREE: the manuals and the program say the same.
#  - each command has a heading "... `snitt NAME`" in a manual;
#  - each command line in a code block of a manual, and each example of --help, names
#    a command that exists and options that its --help lists;
#  - each option of --help stands in the manual that has the command's heading.
set -u
snitt=$1
cd "$2" || exit 99
failed=0
complain() {
    echo "$*"
    failed=1
}
manuals=$(ls ./*.md datasets/*.md datasets/*/*.md analysis/*.md scenarios/*.md \
    plots/*.md 2>/dev/null)
commands=$("$snitt" help | sed -n 's/^  \([a-z][a-z-]*\) .*(needs: .*/\1/p')
[ -n "$commands" ] || complain "snitt help lists no command"

# options_of COMMAND: what its --help lists, one a line, with dashes.
options_of() {
    "$snitt" "$1" --help | sed -n 's/^  \(--*[a-z][a-z-]*\).*/\1/p'
    printf "%s\n" --help -h
}

check_line() { # WHERE LINE
    where=$1
    # shellcheck disable=SC2086
    set -f && set -- $2 && set +f
    while [ $# -gt 0 ]; do
        case $1 in
        snitt | */snitt) break ;;
        esac
        shift
    done
    [ $# -ge 2 ] || return 0
    shift
    command=$1
    case $command in
    help | COMMAND | --version | -*) return 0 ;;
    esac
    echo "$commands" | grep -qx -e "$command" || {
        complain "$where: there is no command \"$command\""
        return 0
    }
    known=$(options_of "$command")
    shift
    for word in "$@"; do
        case $word in
        '|' | '>' | '#' | '&&') break ;;
        -[0-9]*) ;;
        -*) echo "$known" | grep -qx -e "${word%%=*}" ||
            complain "$where: snitt $command has no option ${word%%=*}" ;;
        esac
    done
}

lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
for manual in $manuals; do
    # Code blocks only; a line that ends in a backslash goes on.
    awk '/^```/ { inside = !inside; next }
         inside { line = line $0
                  if (sub(/\\$/, " ", line)) next
                  if (line ~ /(^|[ \/])snitt [a-z-]/) print line
                  line = "" }' "$manual" >"$lines"
    while IFS= read -r line; do
        check_line "$manual" "$line"
    done <"$lines"
done

for command in $commands; do
    "$snitt" "$command" --help >"$lines" || complain "snitt $command --help fails"
    grep '^ *snitt ' "$lines" | while IFS= read -r line; do
        check_line "snitt $command --help" "$line"
        [ $failed -eq 0 ] || exit 1
    done || failed=1
    # shellcheck disable=SC2086
    manual=$(grep -l "^#.*\`snitt $command\`" $manuals | head -n 1)
    [ -n "$manual" ] || {
        complain "no manual has a heading with \`snitt $command\`"
        continue
    }
    for option in $(options_of "$command"); do
        case $option in -h | --help) continue ;; esac
        grep -q -e "$option" "$manual" ||
            complain "$manual does not mention $option of snitt $command"
    done
done
exit $failed
