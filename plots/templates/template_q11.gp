# SPDX-License-Identifier: GPL-3.0-or-later
# Q11: price gap and welfare against the capacity between SE2 and SE3.
eval Span("x", x_lo, x_hi)
axis = added ? T("ny överföring SE2–SE3 utöver dagens, MW", "new capacity SE2–SE3 beyond today's, MW") : T("det som varieras (se noten)", "what is varied (see the note)")
eval Panel(0, 2, 7, 3, 3.5, 2.6)
set label 1 T("Prisgap SE3 − SE2, EUR/MWh", "Price gap SE3 − SE2, EUR/MWh") at screen tx, ty left font f1
set label 2 T("med dagens områden", "with today's areas") at screen tx, ty - ey left font f0_85 tc rgb soft
set xlabel axis font f0_85 tc rgb ink
eval Span("y", y_min, y_max)
plot for [k = 1:intervals] "q11.dat" using 1:4:5 with filledcurves fc rgb c3 fs transparent solid 0.25, \
     "q11.dat" using 1:2 with linespoints lw 2.4 pt 7 ps 0.6 lc rgb c3
eval Panel(1, 2, 8, 3, 3.5, 2.6)
set label 1 T("Sverige med ändrad indelning, ", "Sweden with the other split, ").Money(0) at screen tx, ty left font f1
set label 2 T("mot dagens områden, ett år", "against today's areas, a year") at screen tx, ty - ey left font f0_85 tc rgb soft
eval Span("y", w_min, w_max)
plot for [k = 1:intervals] "q11.dat" using 1:6:7 with filledcurves fc rgb other fs transparent solid 0.2, \
     "q11.dat" using 1:3 with linespoints lw 2.4 pt 7 ps 0.6 lc rgb other
