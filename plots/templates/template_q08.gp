# SPDX-License-Identifier: GPL-3.0-or-later
# Q8: net export by country, and what happens to prices abroad.
eval Panel(0, 2, 9, 2, 1.8, 2.6)
set label 1 T("Sveriges nettoexport, TWh", "Sweden's net export, TWh") at screen tx, ty left font f1
set label 2 T("i dag", "today") at screen tx, ty - ey left font f0_85 tc rgb soft
set label 3 T("ändrad indelning", "the other split") at screen tx + 7 * ex, ty - ey left font f0_85 tc rgb other
unset grid; set grid xtics lt 1 lc rgb 0xdddddd lw 0.7
set border 1; set ytics scale 0; unset xzeroaxis
eval Span("x", x_min - air, x_max + air); set yrange [n_q08 - 0.4:-0.6]
set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb ink lw 1
plot "q08.dat" using (0.5 * $2):0:(0):2:($0 - 0.4):($0 - 0.02):ytic(1) with boxxyerror lc rgb today, \
     "" using (0.5 * $3):0:(0):3:($0 + 0.02):($0 + 0.4) with boxxyerror lc rgb other, \
     for [k = 1:intervals] "" using 6:($0 + 0.21):($7 - $6):(0) with vectors nohead lw 1.5 lc rgb ink, \
     "" using (At($2 >= 0 ? $2 : NaN)):($0 - 0.2):4 with labels left offset 0.4, 0 noenhanced font f0_78 tc rgb soft, \
     "" using (At($2 < 0 ? $2 : NaN)):($0 - 0.2):4 with labels right offset -0.4, 0 noenhanced font f0_78 tc rgb soft, \
     "" using (At($3 >= 0 ? $8 : NaN)):($0 + 0.2):5 with labels left offset 0.4, 0 noenhanced font f0_78 tc rgb other, \
     "" using (At($3 < 0 ? $8 : NaN)):($0 + 0.2):5 with labels right offset -0.4, 0 noenhanced font f0_78 tc rgb other
unset label
if (n_q08_prices > 0) {
  eval Panel(1, 2, 7, 2, 1.8, 2.6)
  set label 1 T("Priset utomlands, ändring i EUR/MWh", "Price abroad, change in EUR/MWh") at screen tx, ty left font f1
  eval Span("x", p_min - p_air, p_max + p_air); set yrange [n_q08_prices - 0.4:-0.6]
  set ytics ()
  plot "q08_prices.dat" using (0.5 * $3):0:(0):3:($0 - 0.32):($0 + 0.32):ytic(1) with boxxyerror lc rgb other, \
       for [k = 1:intervals] "" using 5:0:($6 - $5):(0) with vectors nohead lw 1.5 lc rgb ink, \
       "" using (At($3 >= 0 ? $7 : NaN)):0:4 with labels left offset 0.4, 0 noenhanced font f0_8 tc rgb ink, \
       "" using (At($3 < 0 ? $7 : NaN)):0:4 with labels right offset -0.4, 0 noenhanced font f0_8 tc rgb ink
}
