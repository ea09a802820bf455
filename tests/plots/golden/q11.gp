# SPDX-License-Identifier: GPL-3.0-or-later
# Snitt 0.1.0, chart q11
reset session
set terminal svg size 1280,720 font 'DejaVu Sans,17.00' standalone background '#ffffff'
fs = 17.00
set output '../q11.svg'
name = 'q11'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q11 = 3
sek = 1
billion = 0
x_lo = 0
x_hi = 3000
y_min = 0
y_max = 17.92
w_min = -1528.8
w_max = 0
added = 1
intervals = 1
top = 0.823685
bottom = 0.0957625
load 'style.gp'
load 'template_q11.gp'
unset multiplot
unset output
