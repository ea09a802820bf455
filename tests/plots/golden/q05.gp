# SPDX-License-Identifier: GPL-3.0-or-later
# Snitt 0.1.0, chart q05
reset session
set terminal svg size 1280,720 font 'DejaVu Sans,17.00' standalone background '#ffffff'
fs = 17.00
set output '../q05.svg'
name = 'q05'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q05 = 3
before = 38
after = 42
n_q05_prices = 2
x_min = 0
x_max = 61.6
air = 13.75
top = 0.85811
bottom = 0.11935
load 'style.gp'
load 'template_q05.gp'
unset multiplot
unset output
reset session
set terminal pdfcairo size 13.3333in,7.5000in font 'DejaVu Sans,12.75' fontscale 1 linewidth 1.3
fs = 12.75
set output '../q05.pdf'
name = 'q05'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q05 = 3
before = 38
after = 42
n_q05_prices = 2
x_min = 0
x_max = 61.6
air = 13.75
top = 0.85811
bottom = 0.11935
load 'style.gp'
load 'template_q05.gp'
unset multiplot
unset output
