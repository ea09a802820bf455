# SPDX-License-Identifier: GPL-3.0-or-later
# Q6: what does countertrade cost and who pays?
set multiplot
array head[3]
head[1] = T("Omdirigerad energi, TWh", "Energy redirected, TWh")
head[2] = T("Nätoperatörens nota, miljoner EUR", "Operator's bill, million EUR")
head[3] = T("På nättariffen, öre/kWh", "On the tariff, öre/kWh")
do for [k=1:3] {
  set origin 0.333*(k-1), 0.07; set size 0.333, 0.93; set tmargin 4; set bmargin 5
  set label 99 head[k] at graph 0, graph 1.06 left
  set xrange [-0.6:2.6]; set autoscale y; set offsets 0, 0, graph 0.12, graph 0.02
  set xzeroaxis lc rgb black lw 1
  set boxwidth 0.6
  plot "q06.dat" using 0:(column(1+k)):xtic(1) with boxes lc rgb word(c1." ".c3." ".green, k), \
       "" using 0:(column(1+k)):(strcol(4+k)) with labels offset 0,0.7 noenhanced font ",11"
}
