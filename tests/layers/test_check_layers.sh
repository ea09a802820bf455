#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The layer check itself: a clean tree passes, each kind of violation is found.
set -eu
check=$(dirname "$0")/check_layers.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

fresh() {
    rm -rf "$tree"
    for folder in datasets/base analysis scenarios plots; do
        mkdir -p "$tree/$folder"
    done
    echo 'sn_library(sn_base SOURCES x.c)' >"$tree/datasets/CMakeLists.txt"
    echo 'sn_library(sn_analysis SOURCES x.c LINKS sn_base)' >"$tree/analysis/CMakeLists.txt"
    echo '' >"$tree/scenarios/CMakeLists.txt"
    echo 'sn_library(sn_plots SOURCES x.c LINKS sn_base)' >"$tree/plots/CMakeLists.txt"
    touch "$tree/datasets/base/error.h" "$tree/datasets/store.h" "$tree/analysis/curve.h" \
        "$tree/plots/chart.h"
    printf '#include "base/error.h"\n#include "curve.h"\n' >"$tree/analysis/curve.c"
}

expect_found() { # WHAT PATTERN
    if output=$(sh "$check" "$tree"); then
        echo "not found: $1"
        exit 1
    fi
    case $output in
    *"$2"*) ;;
    *)
        echo "$1: unexpected output: $output"
        exit 1
        ;;
    esac
}

fresh
sh "$check" "$tree" || {
    echo "a clean tree is refused"
    exit 1
}
fresh
echo '#include "analysis/curve.h"' >"$tree/datasets/a.c"
expect_found "include of a later folder" 'datasets/a.c includes'
fresh
echo '#include "chart.h"' >"$tree/scenarios/a.c"
expect_found "include by bare name" 'scenarios/a.c includes "chart.h" of plots'
fresh
echo '#include "store.h"' >"$tree/analysis/a.c"
expect_found "analysis sees the store" 'analysis/a.c includes "store.h"'
fresh
echo '#include <hdf5.h>' >"$tree/plots/chart.c"
expect_found "hdf5 outside the store" 'plots/chart.c includes <hdf5.h>'
fresh
echo '#include <curl/curl.h>' >"$tree/datasets/parse_x.c"
expect_found "curl outside fetch" 'datasets/parse_x.c includes <curl/curl.h>'
fresh
echo 'sn_library(sn_store SOURCES y.c LINKS sn_plots)' >>"$tree/datasets/CMakeLists.txt"
expect_found "link to a later folder" 'datasets/CMakeLists.txt links sn_plots'
