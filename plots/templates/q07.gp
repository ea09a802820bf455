# SPDX-License-Identifier: GPL-3.0-or-later
# Q7: how often are the lines full?
set multiplot
array name[3]
name[1] = "SE1–SE2"; name[2] = "SE2–SE3"; name[3] = "SE3–SE4"
set palette defined (0 "#ffffff", 25 "#c6dbef", 50 "#6baed6", 75 "#2171b5", 100 "#08306b")
set cbrange [0:100]
do for [k=1:3] {
  set origin 0.333*(k-1), 0.42; set size 0.333, 0.58; set tmargin 4; set bmargin 2; set rmargin 8
  set label 99 name[k].T(": % av timmarna med prisskillnad\n{/*0.85 över 1 EUR/MWh, månad och timme på dygnet}", \
                      ": % of hours with a difference\n{/*0.85 over 1 EUR/MWh, month and hour of day}") at graph 0, graph 1.1 left
  unset grid
  set xrange [0.5:12.5]; set yrange [-0.5:23.5]; set xtics 1,1,12; set ytics 0,6,23
  plot "q07_heat.dat" using 1:2:(column(2+k)) with image
}
set rmargin 4
unset colorbox
set origin 0, 0.07; set size 1, 0.36; set tmargin 3; set bmargin 3
set label 99 T("Prisskillnad över snitten, timmarna sorterade, EUR/MWh", "Price difference over the cuts, hours sorted, EUR/MWh") at graph 0, graph 1.1 left
set grid ytics lc rgb "#dddddd" lt 1
set xrange [0:112]; set autoscale y; set xtics 0,20,100 format "%.0f %%"; set ytics autofreq
set xzeroaxis lc rgb black
plot for [k=1:3] "q07_duration.dat" using 1:(column(1+k)) with lines lw 2.5 lc rgb word(c1." ".c3." ".c4, k), \
     for [k=1:3] "q07_ends.dat" using 1:(column(1+k)):(name[k]) with labels left offset 0.5,(k-2)*0.9 tc rgb word(c1." ".c3." ".c4, k)
