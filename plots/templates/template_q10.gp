# SPDX-License-Identifier: GPL-3.0-or-later
# Q10: the price wind power gets, and its share of the mean price.
eval Panel(0, 2, 7, 2, 2.5, 2.6)
set label 1 T("Vindkraftens intjäningspris, EUR/MWh", "Price wind power gets, EUR/MWh") at screen tx, ty left font f1
set label 2 T("i dag", "today") at screen tx, ty - ey left font f0_85 tc rgb soft
set label 3 T("ändrad indelning", "the other split") at screen tx + 7 * ex, ty - ey left font f0_85 tc rgb other
set xrange [-0.6:3.6]; eval Span("y", y_min, y_max)
plot "q10.dat" using 0:2:xtic(1) with points pt -1, \
     "" using ($0 - 0.19):2:(0.36) with boxes lc rgb today, \
     "" using ($0 + 0.19):3:(0.36) with boxes lc rgb other, \
     for [k = 1:intervals] "" using ($0 + 0.19):10:(0):($11 - $10) with vectors nohead lw 1.5 lc rgb ink, \
     "" using ($0 - 0.19):(At($2)):6 with labels offset 0, 0.7 noenhanced font f0_8 tc rgb ink, \
     "" using ($0 + 0.19):(At($12)):7 with labels offset 0, 0.7 noenhanced font f0_8 tc rgb ink
eval Panel(1, 2, 7, 1, 2.5, 2.6)
set label 1 T("Andel av medelpriset, %", "Share of the mean price, %") at screen tx, ty left font f1
set label 2 T("100 % = som priset i medel", "100 % = as the mean price") at screen tx, ty - ey left font f0_85 tc rgb soft
unset label 3
eval Span("y", f_min, f_max)
set arrow 1 from -0.6, 100 to 3.6, 100 nohead lc rgb ink dt 2
plot "q10.dat" using 0:4:xtic(1) with points pt -1, \
     "" using ($0 - 0.19):4:(0.36) with boxes lc rgb today, \
     "" using ($0 + 0.19):5:(0.36) with boxes lc rgb other, \
     "" using ($0 - 0.19):(At(0.5 * $4)):8 with labels center noenhanced font f0_8 tc rgb ink, \
     "" using ($0 + 0.19):(At(0.5 * $5)):9 with labels center noenhanced font f0_8 tc rgb 0xFFFFFF
