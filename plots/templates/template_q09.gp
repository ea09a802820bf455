# SPDX-License-Identifier: GPL-3.0-or-later
# Q9: congestion income by border, today and changed.
eval Axes(pad, 1 - pad, bottom, top, 12, 6, 1.8, 1.7)
set label 1 T("Under ett år, ", "In a year, ").Money(0) at screen tx, ty left font f1
set label 2 T("i dag", "today") at screen 0.4, ty left font f0_9 tc rgb soft
set label 3 T("ändrad indelning", "the other split") at screen 0.4 + 8 * ex, ty left font f0_9 tc rgb other
set xrange [x_min:x_max]; set yrange [n_q09 - 0.4:-0.6]
unset grid; set grid xtics lt 1 lc rgb 0xdddddd lw 0.7
set border 1; set ytics scale 0; unset xzeroaxis
set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb ink lw 1
plot "q09.dat" using (0.5 * $2):0:(0):2:($0 - 0.4):($0 - 0.02):ytic(1) with boxxyerror lc rgb today, \
     "" using (0.5 * $3):0:(0):3:($0 + 0.02):($0 + 0.4) with boxxyerror lc rgb other, \
     "" using (At($2 > 0 ? $2 : 0)):($0 - 0.2):4 with labels left offset 0.5, 0 noenhanced font f0_72 tc rgb soft, \
     "" using (At($3 > 0 ? $3 : 0)):($0 + 0.2):5 with labels left offset 0.5, 0 noenhanced font f0_72 tc rgb other
