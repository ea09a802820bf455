# SPDX-License-Identifier: GPL-3.0-or-later
# Snitt 0.1.0, chart q02
reset session
set terminal svg size 1280,720 font 'DejaVu Sans,17.00' standalone background '#ffffff'
fs = 17.00
set output '../q02.svg'
name = 'q02'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q02 = 13
x_min = -1221.36
x_max = 549.36
air = 228.48
sek = 1
billion = 0
intervals = 0
top = 0.823685
bottom = 0.0957625
load 'style.gp'
load 'template_q02.gp'
unset multiplot
unset output
reset session
set terminal pdfcairo size 13.3333in,7.5000in font 'DejaVu Sans,12.75' fontscale 1 linewidth 1.3
fs = 12.75
set output '../q02.pdf'
name = 'q02'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q02 = 13
x_min = -1221.36
x_max = 549.36
air = 228.48
sek = 1
billion = 0
intervals = 0
top = 0.823685
bottom = 0.0957625
load 'style.gp'
load 'template_q02.gp'
unset multiplot
unset output
