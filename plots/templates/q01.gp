# SPDX-License-Identifier: GPL-3.0-or-later
# Q1: what would we have paid with one area?
set multiplot
set origin 0, 0.07; set size 0.5, 0.93; set tmargin 5; set bmargin 4
set label 99 T("Medelpris per elområde, EUR/MWh\n{/*0.85 i dag (blått) och med ett enda elområde (orange)}", \
            "Mean price by area, EUR/MWh\n{/*0.85 today (blue) and with one single area (orange)}") at graph 0, graph 1.1 left
set style data boxes
set boxwidth 0.38
set xrange [-0.6:3.6]; set yrange [0:*]; set offsets 0, 0, graph 0.12, 0
set ylabel "EUR/MWh"
plot "q01.dat" using ($0-0.2):2:xtic(1) with boxes lc rgb c1, \
     "" using ($0+0.2):3 with boxes lc rgb c3, \
     "" using ($0-0.2):2:4 with labels offset 0,0.7 noenhanced font ",11", \
     "" using ($0+0.2):3:5 with labels offset 0,0.7 noenhanced font ",11"
set origin 0.5, 0.07
set label 99 T("Ändring i pris år för år, EUR/MWh\n{/*0.85 stapel: modellen, streck: enkelt lastvägt medelpris}", \
            "Change of price year by year, EUR/MWh\n{/*0.85 bar: the model, dash: plain load-weighted mean}") at graph 0, graph 1.1 left
set xrange [*:*]; set autoscale y; set offsets 0.4, 0.6, graph 0.12, graph 0.05
set xzeroaxis lc rgb black lw 1
set key top left horizontal noenhanced samplen 1
set xtics 1 format "%.0f"
set boxwidth 0.18
plot for [k=0:3] "q01_years.dat" using ($1+(k-1.5)*0.2):(column(2+k)) with boxes lc rgb word(c1." ".c2." ".c3." ".c4, k+1) title "SE".(k+1), \
     for [k=0:3] "" using ($1+(k-1.5)*0.2):(column(6+k)):(0.09) with xerrorbars pt 0 lw 2 lc rgb black notitle
