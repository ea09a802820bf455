# SPDX-License-Identifier: GPL-3.0-or-later
# Snitt 0.1.0, chart q01
reset session
set terminal svg size 1280,720 font 'DejaVu Sans,17.00' standalone background '#ffffff'
fs = 17.00
set output '../q01.svg'
name = 'q01'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
y_min = 0
y_max = 48.832
intervals = 0
n_q01 = 4
c_min = -3.232
c_max = 1.232
n_q01_years = 2
ore = 1.05
one = 1
top = 0.823685
bottom = 0.0957625
load 'style.gp'
load 'template_q01.gp'
unset multiplot
unset output
reset session
set terminal pdfcairo size 13.3333in,7.5000in font 'DejaVu Sans,12.75' fontscale 1 linewidth 1.3
fs = 12.75
set output '../q01.pdf'
name = 'q01'
sv = 1
W = 1280
H = 720
px = 17.00
stack = 0
y_min = 0
y_max = 48.832
intervals = 0
n_q01 = 4
c_min = -3.232
c_max = 1.232
n_q01_years = 2
ore = 1.05
one = 1
top = 0.823685
bottom = 0.0957625
load 'style.gp'
load 'template_q01.gp'
unset multiplot
unset output
