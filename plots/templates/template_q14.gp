# SPDX-License-Identifier: GPL-3.0-or-later
# Q14: how far each thing moves the answer.
eval Axes(pad, 1 - pad, bottom, top, 24, 1, 1.8, 2.7)
set label 1 tornado ? T("Prisets ändring i SE1, EUR/MWh: varje antagande för sig", "Change of price in SE1, EUR/MWh: each assumption alone") : T("Prisets ändring, EUR/MWh: från lägsta till högsta", "Change of price, EUR/MWh: from lowest to highest") at screen tx, ty left font f1
set label 2 T("Grönt streck: huvudfallet", "Green line: the main case") at screen tx, ty - ey left font f0_85 tc rgb other
unset grid; set grid xtics lt 1 lc rgb 0xdddddd lw 0.7
set border 1; unset xzeroaxis; set ytics scale 0
eval Span("x", x_min - air, x_max + air); set yrange [n_q14 - 0.4:-0.6]
set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb ink lw 1
plot "q14.dat" using (0.5 * ($3 + $4)):0:3:4:($0 - 0.3):($0 + 0.3):ytic(1) with boxxyerror fc rgb today, \
     "" using 2:($0 - 0.38):(0):(0.76) with vectors nohead lw 4 lc rgb other, \
     "" using (x_max + air):0:5 with labels right noenhanced font f0_85 tc rgb ink
