# SPDX-License-Identifier: GPL-3.0-or-later
# Q2: a running waterfall; each bar begins where the one above ended.
eval Axes(pad, 1 - pad, bottom, top, 27, 2, 1.8, 1.7)
set label 1 T("Ändring på ett år, ", "Change in a year, ").Money(0) at screen tx, ty left font f1
set label 2 T("ökning till höger, minskning till vänster; summorna mörka", "gains go right, losses left; sums dark") at screen tx + 30 * ex, ty left font f0_85 tc rgb soft
eval Span("x", x_min - air, x_max + air); set yrange [n_q02 - 0.4:-0.6]
unset grid; set grid xtics lt 1 lc rgb 0xdddddd lw 0.7
set border 1; set ytics scale 0; unset xzeroaxis
set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb ink lw 1
# The number stands on the side away from zero, where no line runs through it.
Max(a, b) = a > b ? a : b
Min(a, b) = a < b ? a : b
Right(a, b) = Min(a, b) >= 0 || (Max(a, b) > 0 && b >= a)
plot "q02.dat" using 4:($0 + 0.34):(0):(0.32) with vectors nohead lc rgb 0x999999 lw 1, \
     "" using (0.5 * ($3 + $4)):0:3:4:($0 - 0.34):($0 + 0.34):($5 == 1 ? ink : ($2 < 0 ? loss : gain)):ytic(1) with boxxyerror lc rgb variable, \
     for [k = 1:intervals] "" using 7:($0 + 0.42):($8 - $7):(0) with vectors nohead lw 2 lc rgb soft, \
     "" using (At(Right($3, $4) ? Max($3, $4) : NaN)):0:6 with labels left offset 0.6, 0 noenhanced font f0_85 tc rgb ink, \
     "" using (At(Right($3, $4) ? NaN : Min($3, $4))):0:6 with labels right offset -0.6, 0 noenhanced font f0_85 tc rgb ink
