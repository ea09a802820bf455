# SPDX-License-Identifier: GPL-3.0-or-later
# Snitt 0.1.0, chart q12
reset session
set terminal svg size 1280,720 font 'DejaVu Sans,17.00' standalone background '#ffffff'
fs = 17.00
set output '../q12.svg'
name = 'q12'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q12 = 3
w_min = 0
w_max = 150.08
n_q12_week = 168
y_min = 877.92
y_max = 1106.08
top = 0.85811
bottom = 0.0957625
load 'style.gp'
load 'template_q12.gp'
unset multiplot
unset output
reset session
set terminal pdfcairo size 13.3333in,7.5000in font 'DejaVu Sans,12.75' fontscale 1 linewidth 1.3
fs = 12.75
set output '../q12.pdf'
name = 'q12'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q12 = 3
w_min = 0
w_max = 150.08
n_q12_week = 168
y_min = 877.92
y_max = 1106.08
top = 0.85811
bottom = 0.0957625
load 'style.gp'
load 'template_q12.gp'
unset multiplot
unset output
