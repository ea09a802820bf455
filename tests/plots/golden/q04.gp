# SPDX-License-Identifier: GPL-3.0-or-later
# Snitt 0.1.0, chart q04
reset session
set terminal svg size 1280,720 font 'DejaVu Sans,17.00' standalone background '#ffffff'
fs = 17.00
set output '../q04.svg'
name = 'q04'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q04 = 4
at_today = 30
at_other = 30
end_today = 51.52
end_other = 46.48
y_min = 0
y_max = 62.72
x_lo = 0
x_hi = 30
top = 0.823685
bottom = 0.0957625
load 'style.gp'
load 'template_q04.gp'
unset multiplot
unset output
reset session
set terminal pdfcairo size 13.3333in,7.5000in font 'DejaVu Sans,12.75' fontscale 1 linewidth 1.3
fs = 12.75
set output '../q04.pdf'
name = 'q04'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q04 = 4
at_today = 30
at_other = 30
end_today = 51.52
end_other = 46.48
y_min = 0
y_max = 62.72
x_lo = 0
x_hi = 30
top = 0.823685
bottom = 0.0957625
load 'style.gp'
load 'template_q04.gp'
unset multiplot
unset output
