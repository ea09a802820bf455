# SPDX-License-Identifier: GPL-3.0-or-later
# Q6: energy moved, the operator's bill, the tariff; three ways each.
array head[3] = [T("Flyttad energi, TWh", "Energy moved, TWh"), \
  sek ? T("Nätoperatörens nota, miljoner kronor", "Operator's bill, million SEK") : T("Nätoperatörens nota, miljoner euro", "Operator's bill, million EUR"), \
  sek ? T("På nätavgiften, öre/kWh", "On the grid tariff, öre/kWh") : T("På nätavgiften, EUR/MWh", "On the grid tariff, EUR/MWh")]
array highest[3] = [a_max, b_max, c_max]
set xtics font f0_8
unset grid; set border 1
set yrange [2.6:-0.6]; unset xzeroaxis
do for [k = 1:3] {
  y1 = top - (k - 1) * (top - bottom) / 3; y0 = top - k * (top - bottom) / 3
  eval Axes(pad, 1 - pad, y0, y1, 25, 2, 0.4, 1.6)
  set label 1 head[k] at screen tx, ty left font f1
  set xrange [0:highest[k] * (stack ? 1.5 : 1.15)]; set ytics scale 0 font f0_85 textcolor rgb ink; unset xtics; set border 2
  plot "q06.dat" using (0.5 * column(1 + k)):0:(0):(column(1 + k)):($0 - 0.33):($0 + 0.33):(int($0) == 0 ? other : today):ytic(1) with boxxyerror lc rgb variable, \
       "" using (column(3 + 2 * k)):0:(column(4 + 2 * k) - column(3 + 2 * k)):(0) with vectors nohead lw 2 lc rgb ink, \
       "" using (At(column(10 + k))):0:(strcol(13 + k)) with labels left offset 0.6, 0 noenhanced font f0_85 tc rgb ink
}
