# SPDX-License-Identifier: GPL-3.0-or-later
# Snitt 0.1.0, chart q10
reset session
set terminal svg size 1280,720 font 'DejaVu Sans,17.00' standalone background '#ffffff'
fs = 17.00
set output '../q10.svg'
name = 'q10'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
y_min = 0
y_max = 48.2542
f_min = 0
f_max = 112
n_q10 = 4
intervals = 0
top = 0.85811
bottom = 0.0957625
load 'style.gp'
load 'template_q10.gp'
unset multiplot
unset output
reset session
set terminal pdfcairo size 13.3333in,7.5000in font 'DejaVu Sans,12.75' fontscale 1 linewidth 1.3
fs = 12.75
set output '../q10.pdf'
name = 'q10'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
y_min = 0
y_max = 48.2542
f_min = 0
f_max = 112
n_q10 = 4
intervals = 0
top = 0.85811
bottom = 0.0957625
load 'style.gp'
load 'template_q10.gp'
unset multiplot
unset output
