# SPDX-License-Identifier: GPL-3.0-or-later
# Q4: price in the north against new load, both splits, with bands.
eval Axes(pad, 1 - pad, bottom, top, 7, 16, 3, 1.8)
set label 1 T("Medelpris i SE1, EUR/MWh", "Mean price in SE1, EUR/MWh") at screen tx, ty left font f1
set xlabel T("ny förbrukning i norr, TWh om året", "new load in the north, TWh a year") font f0_85 tc rgb ink
set xrange [x_lo:x_hi]; eval Span("y", y_min, y_max)
plot "q04.dat" using 1:3:4 with filledcurves fc rgb c1 fs transparent solid 0.15, \
     "" using 1:6:7 with filledcurves fc rgb other fs transparent solid 0.2, \
     "" using 1:2 with linespoints lw 2.4 pt 7 ps 0.5 lc rgb c1, \
     "" using 1:5 with linespoints lw 2.4 pt 7 ps 0.5 lc rgb other, \
     "" using (At($1 == at_today ? $1 : NaN)):(end_today):(T("i dag", "today")) with labels left offset 0.6, 0 font f0_9 tc rgb c1, \
     "" using (At($1 == at_other ? $1 : NaN)):(end_other):(T("ändrad indelning", "the other split")) with labels left offset 0.6, 0 font f0_9 tc rgb other
