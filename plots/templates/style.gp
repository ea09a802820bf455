# SPDX-License-Identifier: GPL-3.0-or-later
# Common style and the text around every chart.  The script sets before: sv, W, H
# (pixels), px (font, pixels), fs (font, the terminal's unit), stack, top, bottom, name.
set encoding utf8
set datafile separator "\t"
set datafile commentschars ""
set decimalsign (sv ? "," : ".")
set minussign
# SE1 to SE4, today, and the changed split: the same in every chart.  After Okabe and
# Ito, with lightness apart so that a grey print tells them from each other.
c1 = 0x08306B; c2 = 0x56B4E9; c3 = 0xF0B840; c4 = 0xC8500A
today = 0x9A9A9A; other = 0x00795A
gain = 0x0072B2; loss = 0xD55E00; ink = 0x222222; soft = 0x666666
array area_colour[4] = [c1, c2, c3, c4]
# The same as text: dark enough to read on white.
array area_text[4] = [c1, 0x1F78B4, 0x946200, 0xB34700]
T(a, b) = sv ? a : b
Money(k) = sek ? (billion ? T("miljarder kronor", "billion SEK") : T("miljoner kronor", "million SEK")) : (billion ? T("miljarder euro", "billion EUR") : T("miljoner euro", "million EUR"))
# gnuplot 5.4 crashes on labels whose only point is undefined: put it outside instead.
At(v) = v > -1e29 && v < 1e29 ? v : 1e30
F(k) = sprintf("DejaVu Sans,%.2f", k * fs)
# gnuplot takes a font from a variable, not from a call.
f0_6 = F(0.6)
f0_72 = F(0.72)
f0_74 = F(0.74)
f0_75 = F(0.75)
f0_78 = F(0.78)
f0_8 = F(0.8)
f0_85 = F(0.85)
f0_9 = F(0.9)
f0_95 = F(0.95)
f1 = F(1)
f1_08 = F(1.08)
f1_3 = F(1.3)
bold_title = sprintf("DejaVu Sans:Bold,%.2f", 1.55 * fs); bold_mark = sprintf("DejaVu Sans:Bold,%.2f", 0.95 * fs)
ex = 0.62 * px / W; ey = 1.3 * px / H; pad = 36.0 / W
set style fill solid 1 noborder
set tics nomirror textcolor rgb ink font f0_85 scale 0.5
set border 3 lc rgb 0x999999
set errorbars 0
set xzeroaxis lt 1 lc rgb 0x777777 lw 1
set key off
set grid ytics lt 1 lc rgb 0xdddddd lw 0.7

# A range and its tics; thousands as the language writes them: 12 000 and 12,000.
thousands = sv ? " " : ","
Group(n) = n < 1000 ? sprintf("%d", n) : Group(n / 1000).thousands.sprintf("%03d", n % 1000)
Whole(v) = (v < -0.5 ? "−" : "").Group(int(abs(v) + 0.5))
Round(r) = r < 1.5 ? 1 : (r < 3.5 ? 2 : (r < 7.5 ? 5 : 10))
Step(wide) = Round(wide / 5.0 / 10 ** floor(log10(wide / 5.0))) * 10 ** floor(log10(wide / 5.0))
Tics(v, hi, s) = sprintf('"%s" %.10g', Whole(v), v).(v + s > hi ? "" : ", ".Tics(v + s, hi, s))
Large(lo, hi) = hi - lo >= 50 && (abs(lo) >= 1000 || abs(hi) >= 1000)
# Along a level axis a sixth less often: numbers stand beside each other there.
Every(axis, wide) = axis eq "x" ? sprintf("%.10g", Step(1.2 * wide)) : "autofreq"
Span(axis, lo, hi) = sprintf("set %srange [%.17g:%.17g]; set %stics ", axis, lo, hi, axis).(Large(lo, hi) ? sprintf("(%s)", Tics(ceil(lo / Step(hi - lo)) * Step(hi - lo), hi, Step(hi - lo))) : Every(axis, hi - lo))

# Panel i of n: left, right, bottom and top of its cell, in the window's units.
X0(i, n) = stack ? pad : pad + i * (1.0 - 2 * pad) / n
X1(i, n) = stack ? 1.0 - pad : pad + (i + 1) * (1.0 - 2 * pad) / n
Y1(i, n) = stack ? top - i * (top - bottom) / n : top
Y0(i, n) = stack ? top - (i + 1) * (top - bottom) / n : bottom
# Axes inside a cell: room for l, r letters and b, t lines.
Axes(a0, a1, b0, b1, l, r, b, t) = sprintf("tx = %f; ty = %f; set lmargin at screen %f; set rmargin at screen %f; set bmargin at screen %f; set tmargin at screen %f", \
    a0, b1 - 0.9 * ey, a0 + l * ex, a1 - r * ex, b0 + b * ey, b1 - t * ey)
Panel(i, n, l, r, b, t) = Axes(X0(i, n), X1(i, n), Y0(i, n), Y1(i, n), l, r, b, t)

set multiplot
# Title, answer, mark, note, source: data, never commands.
set lmargin at screen 0; set rmargin at screen 1; set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid; unset xzeroaxis
set xrange [0:1]; set yrange [0:1]
plot name."_text.dat" using (At($1 == 1 ? pad : NaN)):(At($2)):3 with labels left noenhanced font bold_title tc rgb ink, \
     "" using (At($1 == 0 ? pad : NaN)):(At($2)):3 with labels left noenhanced font bold_mark tc rgb 0xB00020, \
     "" using (At($1 == 2 ? pad : NaN)):(At($2)):3 with labels left noenhanced font f1_08 tc rgb ink, \
     "" using (At($1 == 3 ? pad : NaN)):(At($2)):3 with labels left noenhanced font f0_74 tc rgb soft
set border 3; set tics nomirror textcolor rgb ink font f0_85 scale 0.5; set xtics nomirror noenhanced; set ytics nomirror noenhanced; set grid ytics; set xzeroaxis
