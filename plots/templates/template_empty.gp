# SPDX-License-Identifier: GPL-3.0-or-later
# In place of a chart whose period has no values at all.
unset border; unset tics; unset grid; unset xzeroaxis
set xrange [0:1]; set yrange [0:1]
set label 1 T("Inga uppgifter för perioden", "No data for the period") at 0.5, 0.5 center font f1_3 tc rgb soft
plot NaN
