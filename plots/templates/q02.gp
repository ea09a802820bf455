# SPDX-License-Identifier: GPL-3.0-or-later
# Q2: who gains and who loses?  One bar a group, from zero; sums to the last.
set multiplot
set origin 0, 0.07; set size 1, 0.93; set tmargin 4; set bmargin 3; set lmargin 34
set label 99 T("Vinnare och förlorare med ett elområde, miljoner ", "Winners and losers with one area, million ").unit at graph 0, graph 1.05 left
unset grid; set grid xtics lc rgb "#dddddd" lt 1
set yrange [*:*] reverse; set offsets graph 0.12, graph 0.12, 0.5, 0.5
set xzeroaxis; set yzeroaxis lc rgb black lw 1
set ytics () noenhanced
stats "q02.dat" using 2 nooutput
plot "q02.dat" using (0.5*$2):0:(0.5*abs($2)):(0.36):($2<0?0xD55E00:0x0072B2):ytic(1) with boxxyerror lc rgb variable, \
     "" using ($2>=0?$2:1/0):0:3 with labels left offset 0.7,0 noenhanced font ",11", \
     "" using ($2<0?$2:1/0):0:3 with labels right offset -0.7,0 noenhanced font ",11"
