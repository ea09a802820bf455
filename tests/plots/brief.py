# SPDX-License-Identifier: GPL-3.0-or-later
"""brief.py SNITT MAKE_RUN: the brief in each format, of an ordinary and a hostile run."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

snitt, make_run = sys.argv[1:3]
failed = []
if not shutil.which("pandoc"):
    print("pandoc is not installed: skipped")
    sys.exit(77)


def check(what, holds, more=""):
    print(("ok    " if holds else "FAIL  ") + what, more)
    if not holds:
        failed.append(what)


def brief(*words, path=None):
    env = dict(os.environ, PATH=path) if path else None
    return subprocess.run([snitt, "brief", *words], capture_output=True, text=True, env=env)


def text_of(archive, pattern):
    with zipfile.ZipFile(archive) as z:
        parts = [z.read(n).decode() for n in z.namelist() if re.search(pattern, n)]
    return re.sub(r"<[^>]+>", "", " ".join(parts)).replace("&lt;", "<").replace("&gt;", ">") \
        .replace("&quot;", '"').replace("&amp;", "&")


with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    for case in ("plain", "hostile"):
        subprocess.run([make_run, case, case], check=True)
    done = brief("--county", "22", "--run", "plain", "-o", "b")
    check("written", done.returncode == 0, done.stderr)
    md = open("b/brief.md", encoding="utf-8").read()
    five = md.split("##")[1]
    check("five numbers", five.count("\n- ") == 5, five)
    for part in ("Vad vi antar", "Hur säkert", "Vad andra säger", "Källor", "Testkälla åäö", "provdata"):
        check("has " + part, part in md)
    # Five municipalities: 200, 110, 20, -70, -160 kr a household; 3+2+1+0-1 million.
    check("household", "−160 … +200 kr" in five)
    check("the county's sum", "+5,0 miljoner kronor" in five)
    check("its name", "Västernorrlands län" in md)
    summary = json.load(open("plain/summary.json"))
    summary["intervals"] = {"se1": {
        "redispatch_bill_meur": {"value": 30, "lo": 20, "hi": 40, "level": 0.9},
        "sweden_meur": {"value": -30, "lo": -40, "hi": 10, "level": 0.9}}}
    summary["years"] = [{"year": y, "change": {"SE1": c, "SE2": c, "SE3": c, "SE4": c}}
                        for y, c in ((2018, 0.51), (2019, 0.54))]
    for name, of_time, of_load in (("se4", 40, 41), ("se1", 42, 42.5)):
        summary["configurations"][name]["price_mean_eur_per_mwh"] = dict.fromkeys(("SE1", "SE2", "SE3", "SE4"), of_time)
        summary["configurations"][name]["price_load_weighted_eur_per_mwh"] = \
            dict.fromkeys(("SE1", "SE2", "SE3", "SE4"), of_load)
    summary["redispatch"]["tariff_eur_per_mwh"] = 1.0
    summary["fx_sek_per_eur"] = 10.0
    shutil.copytree("plain", "two")
    json.dump(summary, open("two/summary.json", "w"))
    done = brief("--run", "two", "-o", "t", "--format", "md")
    two = open("t/brief.md", encoding="utf-8").read()
    check("a bill has no plus sign", "(90 % intervall 200 … 400)" in two)
    check("a change has", "(90 % intervall −400 … +100)" in two)
    check("two years have a range", "Över 2 år ändras priset i SE1 mellan +0,51 och +0,54" in two)
    # 2 EUR/MWh of time, 1.5 weighted, 1 of tariff; 20 MWh at 10 SEK/EUR.
    check("the household's sum", "**+500 kr**: om året" in two)
    check("and its parts", "I SE1 är +400 kr elprisets ändring, som i första diagrammet; −100 att" in two
          and "och +200 nätavgiften" in two)
    summary["years"] = summary["years"][1:]
    json.dump(summary, open("two/summary.json", "w"))
    brief("--run", "two", "-o", "t", "--format", "md")
    one = open("t/brief.md", encoding="utf-8").read()
    check("one year has no range", "bara ett är räknat, 2019" in one and "Över 1 år" not in one)
    page = open("b/brief.html", encoding="utf-8").read()
    check("self-contained", not re.search(r'(src|href)="(?!data:|#)', page),
          re.findall(r'(?:src|href)="(?!data:|#)[^"]{0,60}', page)[:2])
    check("charts inside", page.count("<img") + page.count("<svg") >= 5)
    check("docx has the text", "Svaret i fem siffror" in text_of("b/brief.docx", "document.xml$"))
    with zipfile.ZipFile("b/brief.docx") as z:
        check("docx has the charts", sum("media/" in n for n in z.namelist()) >= 5)
    check("pptx has the text", "Vilka vinner" in text_of("b/brief.pptx", r"slides/slide\d+.xml$"))
    with zipfile.ZipFile("b/brief.pptx") as z:
        check("the archive is whole", z.testzip() is None)
        sizes = re.findall(r' sz="(\d+)"', z.read("ppt/slideMasters/slideMaster1.xml").decode())
        check("text on slides fits", sizes.count("2200") == 1 and sizes.count("1400") >= 1 and
              not {"2400", "3300"} & set(sizes), sizes)
        slides = [re.sub(r"<[^>]+>", " ", z.read(n).decode()) for n in z.namelist()
                  if re.fullmatch(r"ppt/slides/slide\d+.xml", n)]
        told = [d for n in z.namelist() if re.fullmatch(r"ppt/slides/slide\d+.xml", n)
                for d in re.findall(r'descr="([^"]*)"', z.read(n).decode())]
        wide = [int(c) for n in z.namelist() if re.fullmatch(r"ppt/slides/slide\d+.xml", n)
                for c in re.findall(r'<p:pic>.*?<a:ext cx="(\d+)"', z.read(n).decode(), re.S)]
    check("pictures on slides are told", len(told) >= 5 and all(len(d) > 40 for d in told), told)
    check("and large", all(w > 0.6 * 9144000 for w in wide), wide)
    check("the mark and the year are with the numbers",
          any("provdata" in t and "Svaret i fem siffror" in t and "År 2019" in t for t in slides))
    news = open("b/newsletter.txt", encoding="utf-8").read()
    check("newsletter is short", 100 < len(news) < 700 and "provdata" in news)

    done = brief("--municipality", "2261", "--run", "plain", "-o", "m", "--light", "--lang", "en",
                 "--format", "html")
    md = open("m/brief.md", encoding="utf-8").read()
    check("light", done.returncode == 0 and md.count("](charts/") == 3, done.stderr)
    check("of one municipality, in English", "Prövkommun 1" in md and "+110 SEK" in md and "1.0" not in md.split("##")[0])
    check("only what was asked", sorted(os.listdir("m")) == ["brief.html", "brief.md", "charts", "newsletter.txt"])

    done = brief("--run", "hostile", "--municipality", "2260", "-o", "h")
    check("hostile is written", done.returncode == 0, done.stderr)
    check("no command was run", not [n for _, d, f in os.walk(".") for n in d + f if "pwned" in n])
    page = open("h/brief.html", encoding="utf-8").read()
    check("no script in HTML", "<script" not in page)
    check("the name is text in HTML", "`touch pwned`" in page and "&lt;script&gt;alert(1)" in page)
    word = text_of("h/brief.docx", "document.xml$")
    check("the name is text in DOCX", "`touch pwned`" in word and "<script>alert(1)" in word)
    check("and in PPTX", "`touch pwned`" in text_of("h/brief.pptx", r"slides/slide\d+.xml$"))

    done = brief("--run", "plain", "--county", "99")
    check("unknown county", done.returncode == 1 and 'no municipality of "99"' in done.stderr, done.stderr)
    done = brief("--run", "plain", "--county", "22", "--municipality", "2260")
    check("two places", done.returncode == 2, done.stderr)
    os.mkdir("bin")
    for tool in ("env", "gnuplot"):
        os.symlink(shutil.which(tool), "bin/" + tool)
    done = brief("--run", "plain", "-o", "n", path=work + "/bin")
    check("pandoc is missing", done.returncode == 1 and "pandoc is not installed" in done.stderr
          and done.stderr.count("\n") == 1 and os.path.exists("n/brief.md"), done.stderr)
    if shutil.which("chromium") and shutil.which("pdffonts"):
        done = brief("--run", "plain", "-o", "p", "--format", "pdf", "--light")
        check("PDF", done.returncode == 0 and open("p/brief.pdf", "rb").read(5) == b"%PDF-", done.stderr)
        fonts = subprocess.run(["pdffonts", "p/brief.pdf"], capture_output=True, text=True).stdout
        info = subprocess.run(["pdfinfo", "p/brief.pdf"], capture_output=True, text=True).stdout
        check("the light one is one page", "Pages:           1\n" in info, info)
        check("its fonts are inside", all(l.split()[-5] == "yes" for l in fonts.splitlines()[2:]), fonts)
    os.chdir("/")
sys.exit(1 if failed else 0)
