# SPDX-License-Identifier: GPL-3.0-or-later
# Q3: bars by municipality; a household, and the municipality as a whole when known.
# With a map: left, the bars beside it.
if (map) {
  wide = (top - bottom) * H / W * (map_x1 - map_x0) / (map_y1 - map_y0)
  left = pad + (stack ? 0.42 : 1) * wide
  unset border; unset tics; unset grid; unset xzeroaxis
  set lmargin at screen pad; set rmargin at screen left; set bmargin at screen stack ? top - 0.42 * (top - bottom) : bottom; set tmargin at screen top - 0.3 * ey
  set xrange [map_x0:map_x1]; set yrange [map_y0:map_y1]
  load 'q03_map.gp'
  array shade[7] = [0x084D83, 0x3F8FC5, 0xA9CFE8, 0xF2F2F2, 0xFBCB9C, 0xE8853A, 0xA84300]
  do for [k = 1:7] { set object 9000 + k rectangle at screen left + 1.6 * ex, top - (1.2 + k) * ey size screen 1.2 * ex, ey fc rgb shade[8 - k] fs solid 1 noborder }
  set label 1 "+".Whole(largest).T(" kr", " SEK") at screen left + 3.2 * ex, top - 2.2 * ey left font f0_75
  set label 2 T("oförändrat", "unchanged") at screen left + 3.2 * ex, top - 5.2 * ey left font f0_75
  set label 3 "−".Whole(largest).T(" kr", " SEK") at screen left + 3.2 * ex, top - 8.2 * ey left font f0_75
  plot NaN
  unset object; unset label
  set border 3; set tics nomirror textcolor rgb ink font f0_85 scale 0.5; set xtics nomirror; set ytics nomirror noenhanced
}
start = map && !stack ? left + 10 * ex : pad
high = map && stack ? top - 0.42 * (top - bottom) - ey : top
n = totals ? 2 : 1
size = n_q03 > 16 ? f0_72 : f0_85
unset grid; set grid xtics lt 1 lc rgb 0xdddddd lw 0.7
set border 1; unset xzeroaxis; set ytics scale 0 font size textcolor rgb ink
middle = n == 2 ? 0.5 * (start + 1 - pad) : 1 - pad
eval Axes(start, middle, bottom, high, 18, 2, 1.8, totals ? 2.7 : 1.7)
set label 1 T("Kronor per hushåll och år", "SEK per household and year") at screen tx, ty left font f1
eval Span("x", x_min - air, x_max + air); set yrange [n_q03 - 0.4:-0.6]
set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb ink lw 1
plot "q03.dat" using (0.5 * $2):0:(0):2:($0 - 0.36):($0 + 0.36):($2 > 0 ? loss : gain):ytic(1) with boxxyerror lc rgb variable, \
     for [k = 1:spread] "" using 3:0:($4 - $3):(0) with vectors nohead lw 1.5 lc rgb ink, \
     "" using (At($2 >= 0 ? $5 : NaN)):0:6 with labels left offset 0.4, 0 noenhanced font size tc rgb ink, \
     "" using (At($2 < 0 ? $5 : NaN)):0:6 with labels right offset -0.4, 0 noenhanced font size tc rgb ink
if (totals) {
  eval Axes(middle, 1 - pad, bottom, high, 18, 2, 1.8, 2.7)
  set label 1 exists("companies") ? T("Företagen i tabellen", "The companies of the table") : exists("estimate") ? T("Kommunens hem och tjänster, skattat", "Its homes and services, an estimate") : T("Hela kommunen", "The whole municipality") at screen tx, ty left font f1
  set label 2 T("Miljoner kronor om året", "Million SEK a year") at screen tx, ty - ey left font f0_85 tc rgb soft
  eval Span("x", m_min - m_air, m_max + m_air); set ytics ()
  plot "q03.dat" using (0.5 * $7):0:(0):7:($0 - 0.36):($0 + 0.36):($7 > 0 ? loss : gain):ytic(1) with boxxyerror lc rgb variable, \
       for [k = 1:spread] "" using 8:0:($9 - $8):(0) with vectors nohead lw 1.5 lc rgb ink, \
       "" using (At($7 >= 0 ? $10 : NaN)):0:11 with labels left offset 0.4, 0 noenhanced font size tc rgb ink, \
       "" using (At($7 < 0 ? $10 : NaN)):0:11 with labels right offset -0.4, 0 noenhanced font size tc rgb ink
}
