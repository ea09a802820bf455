# SPDX-License-Identifier: GPL-3.0-or-later
# Q15: three small waterfalls: from last time to now.
array head[3] = [T("Prisets ändring i SE1, EUR/MWh", "Change of price in SE1, EUR/MWh"), \
  T("Prisets ändring i SE4, EUR/MWh", "Change of price in SE4, EUR/MWh"), \
  T("Sverige i allt, ", "Sweden in all, ").Money(0)]
array low[3] = [a_min, b_min, c_min]
array high[3] = [a_max, b_max, c_max]
Max(a, b) = a > b ? a : b
Min(a, b) = a < b ? a : b
unset grid; set border 1; set ytics scale 0; unset xzeroaxis
set xtics font f0_75
do for [k = 1:3] {
  first = 5 * (k - 1); last = first + 4
  eval Axes(pad, 1 - pad, top - k * (top - bottom) / 3, top - (k - 1) * (top - bottom) / 3, 22, 2, 1.7, 1.6)
  set label 1 head[k] at screen tx, ty left font f1
  wide = high[k] - low[k]
  eval Span("x", low[k] - 0.14 * wide, high[k] + 0.14 * wide); set yrange [4.6:-0.6]
  set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb ink lw 1
  plot "q15.dat" every ::first::last using (0.5 * ($3 + $4)):($0 + 0):3:4:($0 - 0.34):($0 + 0.34):($5 == 1 ? ink : ($2 < 0 ? loss : gain)):ytic(1) with boxxyerror lc rgb variable, \
       for [i = 1:intervals] "" every ::first::last using 7:($0 + 0.42):($8 - $7):(0) with vectors nohead lw 1.5 lc rgb soft, \
       "" every ::first::last using (At(Max($3, $4) > 0 && Min($3, $4) >= 0 ? Max($3, $4) : NaN)):($0 + 0):6 with labels left offset 0.6, 0 noenhanced font f0_85 tc rgb ink, \
       for [i = 1:intervals] "" every ::first::last using 7:($0 + 0.42):($8 - $7):(0) with vectors nohead lw 1.5 lc rgb soft, \
       "" every ::first::last using (At(Max($3, $4) > 0 && Min($3, $4) >= 0 ? NaN : Min($3, $4))):($0 + 0):6 with labels right offset -0.6, 0 noenhanced font f0_85 tc rgb ink
}
