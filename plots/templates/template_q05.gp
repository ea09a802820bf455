# SPDX-License-Identifier: GPL-3.0-or-later
# Q5: projects by the price at which they break even, against the price in the north.
size = n_q05 > 14 ? f0_75 : f0_85
eval Axes(pad, 1 - pad, bottom, top, 26, 2, 1.8, 3)
set label 1 T("Elpris där projektet går jämnt upp, EUR/MWh", "Power price at which the project breaks even, EUR/MWh") at screen tx, ty left font f1
set label 2 T("står sig", "stands") at screen tx, ty - ey left font f0_85 tc rgb gain
set label 3 T("i riskzonen", "at risk") at screen tx + 10 * ex, ty - ey left font f0_85 tc rgb loss
set label 4 T("går inte ihop redan i dag", "not viable today either") at screen tx + 22 * ex, ty - ey left font f0_85 tc rgb soft
unset grid; set grid xtics lt 1 lc rgb 0xdddddd lw 0.7
set border 1; unset xzeroaxis; set ytics scale 0 font size textcolor rgb ink
set xrange [x_min:x_max + air]; set yrange [n_q05 - 0.4:-1.2]
# The two price labels stand on either side of their pair of lines.
side_today = before > after ? "left offset 0.5, 0" : "right offset -0.5, 0"
side_other = before > after ? "right offset -0.5, 0" : "left offset 0.5, 0"
set arrow 1 from before, graph 0 to before, graph 1 nohead lc rgb ink lw 1.5 dt 2 front
set arrow 2 from after, graph 0 to after, graph 1 nohead lc rgb other lw 2 front
set label 5 T("pris i SE2 i dag", "price in SE2 today") at before, -0.9 @side_today font f0_8 tc rgb ink front
set label 6 T("ändrad indelning", "the other split") at after, -0.9 @side_other font f0_8 tc rgb other front
plot "q05.dat" using (0.5 * $2):0:(0):2:($0 - 0.34):($0 + 0.34):($8 == 2 ? loss : ($8 == 1 ? gain : today)):ytic(1) with boxxyerror lc rgb variable, \
     "" using (x_max + air):0:7 with labels right noenhanced font size tc rgb ink
