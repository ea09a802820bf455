#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check_format.sh TREE: every tracked C file is as clang-format 14 would write it, and
# says its licence.
set -eu
cd "$1"
git rev-parse --git-dir >/dev/null 2>&1 || {
    echo "not a git work tree: skipped"
    exit 77
}
clang-format-14 --version >/dev/null 2>&1 || {
    echo "clang-format-14 is not installed: skipped"
    exit 77
}
git ls-files -z -- '*.c' '*.h' | xargs -0 clang-format-14 --dry-run --Werror
missing=$(git ls-files -z -- '*.c' '*.h' '*.sh' '*.yaml' 'CMakeLists.txt' \
    '*/CMakeLists.txt' run .ci/run | xargs -0 grep -L 'SPDX-License-Identifier' || true)
[ -z "$missing" ] || {
    printf 'no SPDX line: %s\n' $missing
    exit 1
}
