# SPDX-License-Identifier: GPL-3.0-or-later
# Last panel of a multiplot: source, period and run id, from footer.txt.
reset session
set encoding utf8
set datafile separator "\t"
unset border; unset tics; unset key; unset title; unset xlabel; unset ylabel
set lmargin 2; set rmargin 1; set tmargin 0; set bmargin 0
set origin 0, 0; set size 1, 0.075
set xrange [0:1]; set yrange [0:3]
plot "footer.txt" using (0):(2.4 - column(0)):1 with labels left noenhanced font ",10" tc rgb "#555555" notitle, \
     "mark.txt" using (1):(2.4):1 with labels right noenhanced font ",12" tc rgb "#B00020" notitle
unset multiplot
