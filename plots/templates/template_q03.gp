# SPDX-License-Identifier: GPL-3.0-or-later
# Q3: bars by municipality; a household, and the municipality as a whole when known.
n = totals ? 2 : 1
size = n_q03 > 16 ? f0_72 : f0_85
unset grid; set grid xtics lt 1 lc rgb 0xdddddd lw 0.7
set border 1; unset xzeroaxis; set ytics scale 0 font size textcolor rgb ink
eval Panel(0, n, 18, 2, 1.8, 1.7)
set label 1 T("Kronor per hushåll och år", "SEK per household and year") at screen tx, ty left font f1
set xrange [x_min - air:x_max + air]; set yrange [n_q03 - 0.4:-0.6]
set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb ink lw 1
plot "q03.dat" using (0.5 * $2):0:(0):2:($0 - 0.36):($0 + 0.36):($2 > 0 ? loss : gain):ytic(1) with boxxyerror lc rgb variable, \
     "" using (At($2 >= 0 ? $2 : NaN)):0:4 with labels left offset 0.4, 0 noenhanced font size tc rgb ink, \
     "" using (At($2 < 0 ? $2 : NaN)):0:4 with labels right offset -0.4, 0 noenhanced font size tc rgb ink
if (totals) {
  eval Panel(1, n, 18, 2, 1.8, 1.7)
  set label 1 T("Hela kommunen, miljoner kronor om året", "The whole municipality, million SEK a year") at screen tx, ty left font f1
  set xrange [m_min - m_air:m_max + m_air]; set ytics ()
  plot "q03.dat" using (0.5 * $3):0:(0):3:($0 - 0.36):($0 + 0.36):($3 > 0 ? loss : gain):ytic(1) with boxxyerror lc rgb variable, \
       "" using (At($3 >= 0 ? $3 : NaN)):0:5 with labels left offset 0.4, 0 noenhanced font size tc rgb ink, \
       "" using (At($3 < 0 ? $3 : NaN)):0:5 with labels right offset -0.4, 0 noenhanced font size tc rgb ink
}
