# SPDX-License-Identifier: GPL-3.0-or-later
"""hostile.py SNITT MAKE_RUN: names that want to be commands come out as text."""
import csv
import glob
import html.parser
import os
import subprocess
import sys
import tempfile

snitt, make_run = sys.argv[1:3]
failed = []


def check(what, holds):
    print(("ok    " if holds else "FAIL  ") + what)
    if not holds:
        failed.append(what)


class Page(html.parser.HTMLParser):
    """Counts what is not ours: scripts, handlers, addresses."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.scripts = 0
        self.wrong = []
        self.text = []
        self.inside = []

    def handle_starttag(self, tag, attrs):
        self.inside.append(tag)
        self.scripts += tag == "script"
        for name, value in attrs:
            if name.startswith("on"):
                self.wrong.append((tag, name))
            if name in ("href", "src", "xlink:href") and value and \
                    not value.startswith(("#", "data:")):
                self.wrong.append((tag, value))

    def handle_data(self, data):
        self.text.append(data)


with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    subprocess.run([make_run, "hostile", "run"], check=True)
    done = subprocess.run([snitt, "plot", "--all", "--run", "run"], capture_output=True, text=True)
    check("drawn: " + done.stderr[-200:], done.returncode == 0)
    check("no command was run", not [p for p in glob.glob("**", recursive=True) if "pwned" in p])
    for script in glob.glob("run/charts/gnuplot/*.gp"):
        text = open(script, encoding="utf-8").read()
        check("no name in " + script, "touch" not in text and "alert" not in text and "xxxx" not in text)
    for table in glob.glob("run/charts/*.csv"):
        cells = [c for row in csv.reader(open(table, encoding="utf-8", newline="")) for c in row]
        number = lambda c: c.replace(".", "").replace("-", "").replace("e", "").replace("+", "").isdigit()
        wrong = [c for c in cells if c[:1] in tuple("=+-@\t\r") and not number(c)]
        check("no formula in %s %s" % (table, wrong[:1]), not wrong)
    rows = open("run/charts/q05.csv", encoding="utf-8").read()
    check("a formula is text in CSV", "\"'=1+1\"" in rows)
    check("the name stands in CSV whole", "touch pwned" in rows and "x" * 10000 in rows)
    for picture in glob.glob("run/charts/*.svg"):
        text = open(picture, encoding="utf-8").read()
        check("no script in " + picture, "<script" not in text and "\u202e" not in text and "x" * 70 not in text)
    q5 = open("run/charts/q05.svg", encoding="utf-8").read()
    check("the name is drawn as text", "`touch pwned`" in q5)
    page = Page()
    source = open("run/report.html", encoding="utf-8").read()
    page.feed(source)
    check("one script, ours", page.scripts == 1)
    check("no handlers or addresses %s" % page.wrong[:2], not page.wrong)
    check("the title is text", any("`touch pwned`" in t and "<script>alert(1)" in t for t in page.text))
    check("no turning marks", "\u202e" not in source)
sys.exit(1 if failed else 0)
