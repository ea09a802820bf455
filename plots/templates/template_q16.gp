# SPDX-License-Identifier: GPL-3.0-or-later
# Q16: monthly prices with events, and the differences below.
m = bottom + 0.4 * (top - bottom)
year = last - first < 1.2
months = T("jan feb mar apr maj jun jul aug sep okt nov dec", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
set xrange [first:last + (year ? 0.02 : 1.0 / 12)]
set xtics 1 format "%.0f"
if (year) {
  set xtics ("" first)
  do for [k = 0:12] { set xtics add (word(months, (int(floor(first * 12 + 0.5)) + k) % 12 + 1) first + k / 12.0) }
}
# SE1 below and wider: most months SE2 has its price and would hide it.
ev = n_q16_events > 0 ? 1 : 0

eval Axes(pad, 1 - pad, m, top, 7, 6, 1.6, 2.4)
set label 1 T("Månadsmedel, EUR/MWh", "Monthly mean, EUR/MWh") at screen tx, ty left font f1
eval Span("y", y_min, y_max)
plot for [k = 1:ev] "q16_events.dat" using 3:(y_max) with impulses lw 1 dt 3 lc rgb soft, \
     for [k = 1:ev] "" using (At($4)):(y_max):2 with labels center offset 0, 0.6 noenhanced font f0_8 tc rgb soft, \
     for [k = 1:4] "q16.dat" using 9:(column(1 + k)) with lines lw (k == 1 ? 4.4 : 2.2) lc rgb area_colour[k], \
     for [k = 1:4] "q16_ends.dat" using (At(int($0) == k - 1 ? $1 : NaN)):(At($2)):3 with labels left offset 0.3, 0 noenhanced font f0_9 tc rgb area_text[k]

eval Axes(pad, 1 - pad, bottom, m, 7, 6, 1.6, 1.6)
set label 1 T("Skillnad mellan grannområden, EUR/MWh", "Difference between neighbours, EUR/MWh") at screen tx, ty left font f1
set label 2 T("SE3 − SE2", "SE3 − SE2") at screen 0.66, ty left font f0_85 tc rgb area_text[3]
set label 3 T("SE4 − SE3", "SE4 − SE3") at screen 0.66 + 12 * ex, ty left font f0_85 tc rgb area_text[4]
eval Span("y", g_min, g_max)
plot "q16.dat" using 9:7 with lines lw 2.2 lc rgb c3, \
     "" using 9:8 with lines lw 2.2 lc rgb c4
