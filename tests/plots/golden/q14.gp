# SPDX-License-Identifier: GPL-3.0-or-later
# Snitt 0.1.0, chart q14
reset session
set terminal svg size 1280,720 font 'DejaVu Sans,17.00' standalone background '#ffffff'
fs = 17.00
set output '../q14.svg'
name = 'q14'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
tornado = 0
n_q14 = 6
x_min = -4.128
x_max = 1.328
air = 1.32
top = 0.823685
bottom = 0.072175
load 'style.gp'
load 'template_q14.gp'
unset multiplot
unset output
reset session
set terminal pdfcairo size 13.3333in,7.5000in font 'DejaVu Sans,12.75' fontscale 1 linewidth 1.3
fs = 12.75
set output '../q14.pdf'
name = 'q14'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
tornado = 0
n_q14 = 6
x_min = -4.128
x_max = 1.328
air = 1.32
top = 0.823685
bottom = 0.072175
load 'style.gp'
load 'template_q14.gp'
unset multiplot
unset output
