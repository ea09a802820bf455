# SPDX-License-Identifier: GPL-3.0-or-later
# Q12: the worst week hour by hour, and the worst weeks.
eval Panel(0, 2, 8, 2, 1.8, 2.6)
set label 1 T("Trängsta snittet, värsta veckan, MW", "Tightest cut, worst week, MW") at screen tx, ty left font f1
set label 2 T("önskat av marknaden", "wanted by the market") at screen tx, ty - ey left font f0_85 tc rgb loss
set label 3 T("gräns", "limit") at screen tx + 20 * ex, ty - ey left font f0_85 tc rgb ink
set xrange [-0.5:n_q12_week - 0.5]; eval Span("y", y_min, y_max); unset xzeroaxis
set xtics scale 0
plot "q12_week.dat" using 0:($2 > $3 ? $2 : $3):3 with filledcurves fc rgb 0xF5D6BF, \
     "" using 0:2 with lines lw 2 lc rgb loss, \
     "" using 0:3:xtic(4) with lines lw 2 lc rgb ink
unset label
eval Panel(1, 2, 9, 3, 1.8, 2.6)
set label 1 T("De värsta veckorna, MW som mest", "The worst weeks, MW at most") at screen tx, ty left font f1
set label 2 T("flyttas av mothandel", "moved by countertrade") at screen tx, ty - ey left font f0_85 tc rgb soft
set label 3 T("brist", "shortage") at screen tx + 22 * ex, ty - ey left font f0_85 tc rgb loss
unset grid; set grid xtics lt 1 lc rgb 0xdddddd lw 0.7
set border 2; set ytics autofreq scale 0; unset xtics
set xrange [0:w_max * 1.1]; set yrange [n_q12 - 0.4:-0.6]
plot "q12.dat" using (0.5 * $2):0:(0):2:($0 - 0.4):($0 - 0.02):ytic(1) with boxxyerror lc rgb today, \
     "" using (0.5 * $3):0:(0):3:($0 + 0.02):($0 + 0.4) with boxxyerror lc rgb loss, \
     "" using (At($2)):($0 - 0.2):6 with labels left offset 0.4, 0 noenhanced font f0_78 tc rgb soft, \
     "" using (At($3)):($0 + 0.2):7 with labels left offset 0.4, 0 noenhanced font f0_78 tc rgb loss
