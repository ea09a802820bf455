#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check_layers.sh TREE: data flows datasets -> analysis -> scenarios -> plots, and
# includes and links point back only.  Prints each violation; exit 1 when there is one.
set -u
cd "$1" || exit 99
found=$(mktemp)
trap 'rm -f "$found"' EXIT

rank() {
    case $1 in
    datasets) echo 1 ;;
    analysis) echo 2 ;;
    scenarios) echo 3 ;;
    plots) echo 4 ;;
    esac
}

# folder_of HEADER FILE: which of the four the quoted include lies in, "" = unknown.
folder_of() {
    case $1 in
    datasets/* | analysis/* | scenarios/* | plots/*)
        echo "${1%%/*}"
        return
        ;;
    esac
    own=$(dirname "$2")
    if [ -e "$own/$1" ]; then
        echo "${own%%/*}"
        return
    fi
    for folder in datasets analysis scenarios plots; do
        [ ! -e "$folder/$1" ] || echo "$folder"
    done
}

check_quoted() { # FILE HEADER
    own=${1%%/*}
    for folder in $(folder_of "$2" "$1"); do
        [ "$(rank "$folder")" -le "$(rank "$own")" ] ||
            echo "$1 includes \"$2\" of $folder, which comes after $own" >>"$found"
    done
    if [ "$own" = analysis ]; then
        case ${2#datasets/} in
        base/* | area.h | series.h) ;;
        *) [ -e "analysis/${2#analysis/}" ] ||
            echo "$1 includes \"$2\": analysis sees base/, area.h, series.h and itself" \
                >>"$found" ;;
        esac
    fi
}

check_system() { # FILE HEADER
    name=$(basename "$1")
    case $2 in
    hdf5.h | hdf5_hl.h | H5*.h)
        case $name in
        store*.[ch] | result*.[ch]) ;;
        *) echo "$1 includes <$2>: only store*.c and result*.c do" >>"$found" ;;
        esac
        ;;
    curl/*)
        [ "$1" = datasets/fetch.c ] ||
            echo "$1 includes <$2>: only datasets/fetch.c does" >>"$found"
        ;;
    esac
}

files=$(find datasets analysis scenarios plots -name '*.[ch]' 2>/dev/null | sort)
for file in $files; do
    for header in $(sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$file"); do
        check_quoted "$file" "$header"
    done
    for header in $(sed -n 's/^[ \t]*#[ \t]*include[ \t]*<\([^>]*\)>.*/\1/p' "$file"); do
        check_system "$file" "$header"
    done
done

# A library's links may name libraries of its own folder and of earlier ones.
for folder in datasets analysis scenarios plots; do
    for library in $(sed -n 's/^[ \t]*[a-z]*_library(\([a-z_]*\).*/\1/p' \
        "$folder/CMakeLists.txt" 2>/dev/null); do
        for earlier in datasets analysis scenarios; do
            [ "$(rank "$earlier")" -lt "$(rank "$folder")" ] || continue
            grep -nw "$library" "$earlier/CMakeLists.txt" 2>/dev/null |
                sed "s|^|$earlier/CMakeLists.txt links $library of $folder: |" >>"$found"
        done
    done
done

cat "$found"
[ ! -s "$found" ]
