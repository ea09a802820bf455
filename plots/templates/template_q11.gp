# SPDX-License-Identifier: GPL-3.0-or-later
# Q11: price gap and welfare against the capacity between SE2 and SE3.
set xrange [x_lo:x_hi]
eval Panel(0, 2, 7, 3, 3, 2.6)
set label 1 T("Prisgap SE3 − SE2, EUR/MWh", "Price gap SE3 − SE2, EUR/MWh") at screen tx, ty left font f1
set label 2 T("med dagens områden", "with today's areas") at screen tx, ty - ey left font f0_85 tc rgb soft
set xlabel T("överföring SE2–SE3, enligt svepet", "capacity SE2–SE3, as swept") font f0_85 tc rgb ink
set yrange [y_min:y_max]
plot "q11.dat" using 1:2 with linespoints lw 2.4 pt 7 ps 0.6 lc rgb c3
eval Panel(1, 2, 8, 3, 3, 2.6)
set label 1 (sek ? T("Sverige med ändrad indelning, miljoner kronor", "Sweden with the other split, million SEK") : T("Sverige med ändrad indelning, miljoner euro", "Sweden with the other split, million EUR")) at screen tx, ty left font f1
set label 2 T("mot dagens områden, ett år", "against today's areas, a year") at screen tx, ty - ey left font f0_85 tc rgb soft
set yrange [w_min:w_max]
plot "q11.dat" using 1:3 with linespoints lw 2.4 pt 7 ps 0.6 lc rgb other
