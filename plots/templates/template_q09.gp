# SPDX-License-Identifier: GPL-3.0-or-later
# Q9: congestion income by border, today and changed; and year by year.
split = n_q09_years > 0 && !stack ? pad + 0.62 * (1 - 2 * pad) : 1 - pad
low = n_q09_years > 0 && stack ? bottom + 0.3 * (top - bottom) : bottom
eval Axes(pad, split, low, top, 12, 8, 1.8, 2.6)
set label 1 T("Gräns för gräns under ett år, ", "Border by border in a year, ").Money(0) at screen tx, ty left font f1
set label 2 T("i dag", "today") at screen tx, ty - ey left font f0_85 tc rgb soft
set label 3 T("ändrad indelning", "the other split") at screen tx + 7 * ex, ty - ey left font f0_85 tc rgb other
eval Span("x", x_min, x_max); set yrange [n_q09 - 0.4:-0.6]
unset grid; set grid xtics lt 1 lc rgb 0xdddddd lw 0.7
set border 1; set ytics scale 0; unset xzeroaxis
set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb ink lw 1
plot "q09.dat" using (0.5 * $2):0:(0):2:($0 - 0.4):($0 - 0.02):ytic(1) with boxxyerror lc rgb today, \
     "" using (0.5 * $3):0:(0):3:($0 + 0.02):($0 + 0.4) with boxxyerror lc rgb other, \
     for [k = 1:intervals] "" using 6:($0 + 0.21):($7 - $6):(0) with vectors nohead lw 1.5 lc rgb ink, \
     "" using (At($2 > 0 ? $2 : 0)):($0 - 0.2):4 with labels left offset 0.5, 0 noenhanced font f0_72 tc rgb soft, \
     "" using (At($8)):($0 + 0.2):5 with labels left offset 0.5, 0 noenhanced font f0_72 tc rgb other
unset arrow 1; unset label
if (n_q09_years > 0) {
  billion = billion_years
  eval Axes(stack ? pad : split + ex, 1 - pad, bottom, stack ? low : top, 7, 1, 1.8, 2.6)
  set label 1 T("Alla gränser, ", "All borders, ").Money(0) at screen tx, ty left font f1
  set label 2 T("mörkt: mellan svenska områden", "dark: between Swedish areas") at screen tx, ty - ey left font f0_85 tc rgb soft
  unset grid; set grid ytics lt 1 lc rgb 0xdddddd lw 0.7
  set border 3; set xzeroaxis; set ytics scale 0.5; set xtics autofreq scale 0
  aside = n_q09_years < 3 ? 0.5 * (3 - n_q09_years) : 0
  set xrange [-0.6 - aside:n_q09_years - 0.4 + aside]; eval Span("y", c_min, c_max)
  plot "q09_years.dat" using ($0 - 0.19):($2 + $3):(0.36):xtic(1) with boxes lc rgb 0x8A8A8A, \
       "" using ($0 - 0.19):2:(0.36) with boxes lc rgb 0x5A5A5A, \
       "" using ($0 + 0.19):($4 + $5):(0.36) with boxes lc rgb other, \
       "" using ($0 + 0.19):4:(0.36) with boxes lc rgb 0x004A36, \
       for [k = 1:(stack ? 0 : 1)] "" using ($0 - 0.19):(At(0.5 * ($2 + $3))):6 with labels center rotate by 90 noenhanced font f0_8 tc rgb 0xFFFFFF, \
       for [k = 1:(stack ? 0 : 1)] "" using ($0 + 0.19):(At(0.5 * ($4 + $5))):7 with labels center rotate by 90 noenhanced font f0_8 tc rgb 0xFFFFFF, \
       for [k = 1:(stack ? 1 : 0)] "" using ($0 - 0.19):(At($2 + $3)):6 with labels center offset 0, 0.6 noenhanced font f0_72 tc rgb soft, \
       for [k = 1:(stack ? 1 : 0)] "" using ($0 + 0.19):(At($4 + $5)):7 with labels center offset 0, 0.6 noenhanced font f0_72 tc rgb other
}
