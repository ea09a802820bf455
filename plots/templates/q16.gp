# SPDX-License-Identifier: GPL-3.0-or-later
# Q16: how have prices been?
set multiplot
set origin 0, 0.07; set size 1, 0.93; set tmargin 4; set bmargin 3
set label 99 T("Månadsmedel av elpriset per elområde, EUR/MWh", "Monthly mean price by area, EUR/MWh") at graph 0, graph 1.1 left
set xdata time; set timefmt "%Y-%m"; set format x "%Y-%m"
set ylabel "EUR/MWh"
set key top left horizontal samplen 2
set offsets 0, 0, graph 0.1, 0
set yrange [*<0:*]
plot for [k=4:1:-1] "q16.dat" using 1:(column(1+k)) with lines lw 2.5 lc rgb word(c1." ".c2." ".c3." ".c4, k) title "SE".k, \
     "q16_events.dat" using 1:2 with impulses lw 1 dt 2 lc rgb grey notitle, \
     "" using 1:2:(strcol(sv?3:4)) with labels rotate left offset -0.8,-6 noenhanced font ",10" tc rgb grey notitle
