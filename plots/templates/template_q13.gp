# SPDX-License-Identifier: GPL-3.0-or-later
# Q13: a table of splits.
array head[9] = [T("Indelning", "Split"), "SE1", "SE2", "SE3", "SE4", T("Elkunder norr", "Consumers N"), T("Elkunder söder", "Consumers S"), T("Mothandel", "Countertrade"), T("Sverige i allt", "Sweden in all")]
array at_x[9] = [0, 0.33, 0.40, 0.47, 0.54, 0.665, 0.785, 0.89, 1.0]
size = stack ? f0_75 : f0_95; size_head = stack ? f0_72 : f0_9; size_small = stack ? f0_6 : f0_72
eval Axes(pad, 1 - pad, bottom, top, 0, 0, 0.5, 0.5)
unset border; unset tics; unset grid; unset xzeroaxis
set xrange [0:1]; set yrange [(n_q13 > 6 ? n_q13 : 6) + 0.4:-2.2]
set label 20 T("Medelpris, EUR/MWh", "Mean price, EUR/MWh") at 0.54, -1.7 right font size_head tc rgb soft
set label 21 T("Ändring på ett år med nätavgift, ", "Change in a year with grid tariff, ").Money(0) at 1, -1.7 right font size_head tc rgb soft
set label 1 head[1] at at_x[1], -0.9 left font size_head
set for [k = 2:9] label k head[k] at at_x[k], -0.9 right font size_head
set arrow 1 from 0, -0.5 to 1, -0.5 nohead lc rgb 0x999999
plot "q13.dat" using (0):0:1 with labels left noenhanced font size tc rgb ink, \
     for [k = 1:4] "" using (at_x[k + 5]):($0 + 0.36):(strcol(17 + k)) with labels right noenhanced font size_small tc rgb soft, \
     for [k = 1:8] "" using (at_x[k + 1]):0:(strcol(1 + 2 * k)) with labels right noenhanced font size tc rgb ink
