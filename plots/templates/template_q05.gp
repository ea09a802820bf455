# SPDX-License-Identifier: GPL-3.0-or-later
# Q5: projects by the price at which they break even, against the price in the north.
size = n_q05 > 24 ? f0_6 : (n_q05 > 14 ? f0_75 : f0_85)
eval Axes(pad, 1 - pad, bottom, top, 26, 2, 1.8, 2.6)
set label 1 T("Elpris där projektet går jämnt upp, EUR/MWh", "Power price at which the project breaks even, EUR/MWh") at screen tx, ty left font f1
set label 2 T("står sig", "stands") at screen tx, ty - ey left font f0_85 tc rgb gain
set label 3 T("i riskzonen", "at risk") at screen tx + 10 * ex, ty - ey left font f0_85 tc rgb loss
set label 4 T("går inte ihop redan i dag", "not viable today either") at screen tx + 22 * ex, ty - ey left font f0_85 tc rgb soft
set label 5 T("nedlagt, eller mark utan projekt", "cancelled, or a site only") at screen tx + 44 * ex, ty - ey left font f0_85 tc rgb 0x999999
unset grid; set grid xtics lt 1 lc rgb 0xdddddd lw 0.7
set border 1; unset xzeroaxis; set ytics scale 0 font size textcolor rgb ink
room = stack ? 2.2 * air : air # for the words to the right
eval Span("x", x_min, x_max + room); set yrange [n_q05 - 0.4:-2.9]
set arrow 1 from before, graph 0 to before, first -2.2 nohead lc rgb ink lw 1.5 dt 2 front
set arrow 2 from after, graph 0 to after, first -1.3 nohead lc rgb other lw 2 front
array price_colour[2] = [ink, other]
plot "q05.dat" using (0.5 * $2):0:(0):2:($0 - 0.34):($0 + 0.34):($8 == 3 ? 0xdddddd : ($8 == 2 ? loss : ($8 == 1 ? gain : today))):ytic(1) with boxxyerror lc rgb variable, \
     "" using (x_max + room):0:7 with labels right noenhanced font size tc rgb ink, \
     "q05_prices.dat" using 3:($0 * 0.9 - 2.2):($4 - $3):(0):(price_colour[int($0) + 1]) with vectors nohead lw 3 lc rgb variable, \
     for [k = 0:1] "" using (At(int($0) == k ? $8 : NaN)):($0 * 0.9 - 2.2):7 with labels left offset 0.6, 0 noenhanced font f0_8 tc rgb price_colour[k + 1]
