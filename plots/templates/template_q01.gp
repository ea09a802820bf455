# SPDX-License-Identifier: GPL-3.0-or-later
# Q1: bars by area with a mark for the changed split; change year by year.
eval Panel(0, 2, 7, ore > 0 ? 9 : 3, 2.5, 2.6)
set label 1 T("Medelpris, EUR/MWh", "Mean price, EUR/MWh") at screen tx, ty left font f1
set label 2 one ? T("Grönt streck: ett elområde", "Green line: one area") : T("Grönt streck: ändrad indelning", "Green line: the other split") at screen tx, ty - ey left font f0_85 tc rgb other
set xrange [-0.6:3.6]; eval Span("y", y_min, y_max)
if (ore > 0) {
  set y2tics nomirror textcolor rgb ink font f0_85; eval Span("y2", y_min * ore, y_max * ore)
  set border 11; set y2label "öre/kWh" font f0_85 offset -1, 0
}
plot "q01.dat" using 0:2:(0.62):(area_colour[int($0) + 1]):xtic(1) with boxes lc rgb variable, \
     "" using ($0 - 0.38):3:(0.76):(0) with vectors nohead lw 5 lc rgb other, \
     for [k = 1:intervals] "" using 0:4:(0):($5 - $4) with vectors nohead lw 1.5 lc rgb ink, \
     "" using 0:(At($9)):(strcol(6)." → ".strcol(8)) with labels center offset 0, 0.9 noenhanced font f0_85 tc rgb ink
unset y2tics; unset y2label; set border 3; unset label

eval Panel(1, 2, 8, 1, 2.5, 2.6)
set label 1 T("Ändring år för år, EUR/MWh", "Change year by year, EUR/MWh") at screen tx, ty left font f1
set label 2 T("Stapel: modellen. Streck: enkelt lastvägt medelpris", "Bar: the model. Dash: plain load-weighted mean") at screen tx, ty - ey left font f0_85 tc rgb soft
set xrange [-0.6:n_q01_years - 0.4]; eval Span("y", c_min, c_max)
if (n_q01_years > 0) {
  set for [k = 1:4] label 10 + k "SE".k at screen tx + (8 + 6 * (k - 1)) * ex, Y0(1, 2) + 0.55 * ey left font f0_85 tc rgb area_text[k]
  plot for [k = 1:4] "q01_years.dat" using ($0 + (k - 2.5) * 0.2):(column(1 + k)):(0.19) with boxes lc rgb area_colour[k], \
       for [k = 1:4] "" using ($0 + (k - 2.5) * 0.2 - 0.08):(column(5 + k)):(0.16):(0) with vectors nohead lw 2.5 lc rgb ink, \
       "" using 0:(c_min):xtic(1) with points pt -1
}
