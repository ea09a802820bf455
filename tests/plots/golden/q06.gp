# SPDX-License-Identifier: GPL-3.0-or-later
# Snitt 0.1.0, chart q06
reset session
set terminal svg size 1280,720 font 'DejaVu Sans,17.00' standalone background '#ffffff'
fs = 17.00
set output '../q06.svg'
name = 'q06'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q06 = 3
a_min = 0
a_max = 1.2096
b_min = 0
b_max = 635.04
c_min = 0
c_max = 1.12896
sek = 1
intervals = 0
top = 0.85811
bottom = 0.0957625
load 'style.gp'
load 'template_q06.gp'
unset multiplot
unset output
reset session
set terminal pdfcairo size 13.3333in,7.5000in font 'DejaVu Sans,12.75' fontscale 1 linewidth 1.3
fs = 12.75
set output '../q06.pdf'
name = 'q06'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q06 = 3
a_min = 0
a_max = 1.2096
b_min = 0
b_max = 635.04
c_min = 0
c_max = 1.12896
sek = 1
intervals = 0
top = 0.85811
bottom = 0.0957625
load 'style.gp'
load 'template_q06.gp'
unset multiplot
unset output
