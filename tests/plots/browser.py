# SPDX-License-Identifier: GPL-3.0-or-later
"""browser.py SNITT MAKE_RUN: the report in a real Chromium, both languages.

No console error, no request leaves, the switches and the sorting work by keyboard too,
nothing overflows at 360 and 1920 px, and no text of a chart covers or leaves another.
"""
import json
import os
import subprocess
import sys
import tempfile

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select
except ImportError:
    print("python3-selenium is not installed: skipped")
    sys.exit(77)
if not os.path.exists("/usr/bin/chromedriver"):
    print("chromium-driver is not installed: skipped")
    sys.exit(77)

snitt, make_run = sys.argv[1:3]
here = os.path.dirname(os.path.abspath(__file__))
failed = []


def check(what, holds, more=""):
    print(("ok    " if holds else "FAIL  ") + what, more)
    if not holds:
        failed.append(what)


def browser(work):
    options = Options()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                 "--disable-background-networking", "--user-data-dir=" + work + "/profile"):
        options.add_argument(word)
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def resize(driver, width):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})


OVERLAPS = """
var found = [];
document.querySelectorAll('svg').forEach(function (svg) {
  var id = (svg.closest('section') || {id: ''}).id || document.title;
  var box = svg.viewBox.baseVal;
  var texts = Array.from(svg.querySelectorAll('text')).filter(function (t) {
    return t.textContent.trim() !== '';
  }).map(function (t) {
    var b = t.getBBox(), m = t.getCTM(), s = svg.getCTM() ;
    var p = svg.createSVGPoint(), all = [];
    var inv = s.inverse().multiply(m);
    [[b.x, b.y], [b.x + b.width, b.y], [b.x, b.y + b.height], [b.x + b.width, b.y + b.height]]
      .forEach(function (c) { p.x = c[0]; p.y = c[1]; all.push(p.matrixTransform(inv)); });
    var xs = all.map(function (q) { return q.x; }), ys = all.map(function (q) { return q.y; });
    return {t: t.textContent.trim(), x0: Math.min.apply(0, xs), x1: Math.max.apply(0, xs),
            y0: Math.min.apply(0, ys), y1: Math.max.apply(0, ys)};
  });
  texts.forEach(function (a, i) {
    if (a.x0 < -1 || a.y0 < -1 || a.x1 > box.width + 1 || a.y1 > box.height + 1) {
      found.push(id + ': outside: ' + a.t);
    }
    texts.slice(i + 1).forEach(function (b) {
      var w = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
      var h = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
      /* Line boxes have air above and below the letters. */
      var air = 0.3 * Math.min(a.y1 - a.y0, b.y1 - b.y0);
      if (w > 1.5 && h > air) { found.push(id + ': "' + a.t + '" on "' + b.t + '"'); }
    });
  });
});
return found;
"""


def look(driver, lang, size):
    path = os.path.abspath("run-%s-%s/report.html" % (lang, size))
    driver.get_log("performance")
    driver.get("file://" + path)
    sent = [json.loads(e["message"])["message"] for e in driver.get_log("performance")]
    urls = [m["params"]["request"]["url"] for m in sent if m["method"] == "Network.requestWillBeSent"]
    # A fresh profile's empty first tab is still loading its own parts: chrome://.
    wrong = [u for u in urls if not u.startswith(("file://" + path, "data:", "chrome://"))]
    check(lang + " no request leaves", urls and not wrong, wrong[:3])
    found = driver.execute_script(OVERLAPS)
    check(lang + " " + size + " texts of charts apart", not found, "; ".join(found[:8]))
    if size != "slide":
        return
    for width in (360, 1920):
        resize(driver, width)
        wide = driver.execute_script(
            "return document.documentElement.scrollWidth - window.innerWidth")
        check("%s no overflow at %d px" % (lang, width), wide <= 0, wide)
    rows = lambda: len([r for r in driver.find_elements(By.CSS_SELECTOR, "tbody tr") if r.is_displayed()])
    all_rows = rows()
    select = Select(driver.find_element(By.ID, "switch-area"))
    select.select_by_value("SE4")
    some = rows()
    check(lang + " area switch", 0 < some < all_rows, (all_rows, some))
    check(lang + " switch is told", "SE4" in driver.find_element(By.ID, "chosen").text)
    Select(driver.find_element(By.ID, "switch-year")).select_by_value("2018")
    check(lang + " year switch", 0 < rows() < some, rows())
    Select(driver.find_element(By.ID, "switch-area")).select_by_value("")
    Select(driver.find_element(By.ID, "switch-year")).select_by_value("")
    check(lang + " all again", rows() == all_rows)
    ledger = [t for t in driver.find_elements(By.CSS_SELECTOR, "table") if
              len(t.find_elements(By.CSS_SELECTOR, "th")) == 4][0]
    button = ledger.find_elements(By.CSS_SELECTOR, "th button")[3]
    values = lambda: [float(c.get_attribute("data-v")) for c in
                      ledger.find_elements(By.CSS_SELECTOR, "tbody td.n")]
    button.send_keys(Keys.ENTER)
    check(lang + " sorts upwards by keyboard", values() == sorted(values()))
    button.send_keys(Keys.ENTER)
    check(lang + " sorts downwards", values() == sorted(values(), reverse=True))
    check(lang + " order is told", ledger.find_elements(By.CSS_SELECTOR, "th")[3]
          .get_attribute("aria-sort") == "descending")
    names = driver.execute_script(
        "return Array.from(document.querySelectorAll('figure')).filter(f => !f.getAttribute('aria-label')).length")
    check(lang + " every chart has its text", names == 0)
    ids = driver.execute_script(
        "var a = Array.from(document.querySelectorAll('[id]')).map(e => e.id);"
        "return a.filter((x, i) => a.indexOf(x) !== i && !/gnuplot_/.test(x))")
    check(lang + " ids are unique", not ids, ids[:3])
    errors = [e for e in driver.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]
    check(lang + " console is quiet", not errors, errors[:2])


with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    for lang in ("sv", "en"):
        for size in ("slide", "square", "social", "a4"):
            run = "run-%s-%s" % (lang, size)
            subprocess.run([make_run, "plain", run], check=True)
            subprocess.run(["/usr/bin/python3", here + "/spread.py", run], check=True)
            subprocess.run([snitt, "plot", "--all", "--run", run, "--lang", lang, "--size", size,
                            "--format", "svg", "--data", run + "/lines.json"], check=True, capture_output=True)
            drawn = [n for n in os.listdir(run + "/charts") if n.endswith(".svg")]
            check("%s %s every chart is drawn" % (lang, size), len(drawn) == 16, sorted(drawn))
    driver = browser(work)
    try:
        for lang in ("sv", "en"):
            for size in ("slide", "square", "social", "a4"):
                resize(driver, 1280)
                look(driver, lang, size)
    finally:
        driver.quit()
    os.chdir("/")
sys.exit(1 if failed else 0)
