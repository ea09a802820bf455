# SPDX-License-Identifier: GPL-3.0-or-later
# Snitt 0.1.0, chart q03
reset session
set terminal svg size 1280,720 font 'DejaVu Sans,17.00' standalone background '#ffffff'
fs = 17.00
set output '../q03.svg'
name = 'q03'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q03 = 5
x_min = -448.8
x_max = 468.8
air = 88.8
m_min = -2.84
m_max = 5.84
m_air = 0.84
totals = 1
spread = 1
map = 0
largest = 200
top = 0.85811
bottom = 0.0957625
load 'style.gp'
load 'template_q03.gp'
unset multiplot
unset output
reset session
set terminal pdfcairo size 13.3333in,7.5000in font 'DejaVu Sans,12.75' fontscale 1 linewidth 1.3
fs = 12.75
set output '../q03.pdf'
name = 'q03'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
n_q03 = 5
x_min = -448.8
x_max = 468.8
air = 88.8
m_min = -2.84
m_max = 5.84
m_air = 0.84
totals = 1
spread = 1
map = 0
largest = 200
top = 0.85811
bottom = 0.0957625
load 'style.gp'
load 'template_q03.gp'
unset multiplot
unset output
