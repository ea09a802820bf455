# SPDX-License-Identifier: GPL-3.0-or-later
# Q7: a heat map for each cut, hour by day; the duration of the differences.
months = T("jan feb mar apr maj jun jul aug sep okt nov dec", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
array cut_colour[3] = [c1, c3, c4]
array cut_text[3] = [c1, area_text[3], area_text[4]]
split = stack ? 1 - pad : pad + 0.62 * (1 - 2 * pad)
low = stack ? bottom + 0.3 * (top - bottom) : bottom
h = (top - low) / 3
set palette maxcolors 20 defined (0 "#f4f4f4", 0.15 "#c9dcee", 0.5 "#5a9bd0", 1 "#08306b")
set cbrange [0:highest]
set xrange [0.5:366.5]; set yrange [-0.5:23.5]
unset grid; set border 15; unset xzeroaxis
set ytics (0, 6, 12, 18) font f0_75
do for [k = 1:3] {
  eval Axes(pad, split, top - k * h, top - (k - 1) * h, 4, stack ? 9 : 9, 1.2, 1.5)
  unset xtics; set xtics ("" 0) scale 0 font f0_75 textcolor rgb ink nomirror
  do for [m = 0:11] { set xtics add (word(months, m + 1) 15.5 + 30.44 * m) }
  set colorbox user origin screen split - 7 * ex, screen top - k * h + 1.2 * ey size screen 1.2 * ex, screen h - 2.7 * ey
  set cbtics (0, highest / 2.0, highest) font f0_75
  plot "q07.dat" using 1:2:(column(2 + k)) with image
}
unset colorbox; set border 3; set xzeroaxis
set grid ytics lt 1 lc rgb 0xdddddd lw 0.7
eval Axes(stack ? pad : split + 2 * ex, 1 - pad, bottom, stack ? low : top, 7, 3, 1.8, 2.6)
set label 1 T("Prisskillnad, timmarna sorterade", "Price difference, hours sorted") at screen tx, ty left font f0_9
set label 2 "EUR/MWh" at screen tx, ty - ey left font f0_8 tc rgb soft
set for [k = 1:3] label 2 + k "SE".k."–SE".(k + 1) at screen 1 - pad - 4 * ex, (stack ? low : top) - (2.9 + 1.0 * (3 - k)) * ey right font f0_85 tc rgb cut_text[k]
set xrange [0:100]
set xtics 0, 25, 100 format "%.0f %%" scale 0.5 nomirror; eval Span("y", y_min, y_max)
plot for [k = 1:3] "q07_duration.dat" using 1:(column(1 + k)) with lines lw 2.4 lc rgb cut_colour[k]

# The sentence above each map: data, in the window's own units.
set lmargin at screen 0; set rmargin at screen 1; set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid; unset xzeroaxis; unset label
set xrange [0:1]; set yrange [0:1]
plot "q07_cuts.dat" using (pad + 4 * ex):(top - $0 * h - 0.75 * ey):4 with labels left noenhanced font f0_85 tc rgb ink
