# SPDX-License-Identifier: GPL-3.0-or-later
# Snitt 0.1.0, chart q16
reset session
set terminal svg size 1280,720 font 'DejaVu Sans,17.00' standalone background '#ffffff'
fs = 17.00
set output '../q16.svg'
name = 'q16'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q16 = 30
n_q16_ends = 4
n_q16_events = 1
first = 2010
last = 2012.42
y_min = 0
y_max = 63.2463
g_min = 0
g_max = 1.68
top = 0.85811
bottom = 0.072175
load 'style.gp'
load 'template_q16.gp'
unset multiplot
unset output
reset session
set terminal pdfcairo size 13.3333in,7.5000in font 'DejaVu Sans,12.75' fontscale 1 linewidth 1.3
fs = 12.75
set output '../q16.pdf'
name = 'q16'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q16 = 30
n_q16_ends = 4
n_q16_events = 1
first = 2010
last = 2012.42
y_min = 0
y_max = 63.2463
g_min = 0
g_max = 1.68
top = 0.85811
bottom = 0.072175
load 'style.gp'
load 'template_q16.gp'
unset multiplot
unset output
