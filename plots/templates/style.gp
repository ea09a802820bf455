# SPDX-License-Identifier: GPL-3.0-or-later
# Common style.  The caller sets: sv (1 Swedish, 0 English), marked (1: model year).
set encoding utf8
set datafile separator "\t"
set decimalsign (sv ? "," : ".")
set border 3 lc rgb "#555555"
set tics nomirror textcolor rgb "#333333"
set grid ytics lc rgb "#dddddd" lt 1 lw 1
# Okabe-Ito: the same colour for an area in every chart; readable in grey by lightness.
c1 = "#0072B2"; c2 = "#56B4E9"; c3 = "#E69F00"; c4 = "#D55E00"
grey = "#777777"; green = "#009E73"; pink = "#CC79A7"; black = "#222222"
set style fill solid 0.95 noborder
set key off
T(a, b) = sv ? a : b
# Title, footer and mark: text from files is data, never script.
set lmargin 10; set rmargin 4
footer = "using (0):(0):1 with labels left noenhanced offset 0,0"
