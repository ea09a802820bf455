# SPDX-License-Identifier: GPL-3.0-or-later
"""map.py SNITT MAKE_RUN: the layer read by GDAL, the chart with a map, wrong files."""
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile

snitt, make_run = sys.argv[1:3]
failed = []


def check(what, holds, more=""):
    print(("ok    " if holds else "FAIL  ") + what, more)
    if not holds:
        failed.append(what)


def square(x, y, size, hole=False):
    ring = lambda s: [[x, y], [x + s, y], [x + s, y + s], [x, y + s], [x, y]]
    return [ring(size)] + ([[[x + .1, y + .1], [x + .1, y + .2], [x + .2, y + .2], [x + .1, y + .1]]]
                           if hole else [])


def feature(code, geometry):
    return {"type": "Feature", "properties": {"id": code, "kom_namn": "<b>Ort</b>"}, "geometry": geometry}


def run(*words):
    return subprocess.run([snitt, *words], capture_output=True, text=True)


def info(path):
    return subprocess.run(["ogrinfo", "-al", path], capture_output=True, text=True).stdout


with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    subprocess.run([make_run, "plain", "run"], check=True)
    # Central meridian 15 E: easting 500 000 there; Kiruna lies at about 719 km, 7 537 km.
    features = [
        feature("2260", {"type": "Polygon", "coordinates": square(15.0, 62.0, 1.0, hole=True)}),
        feature("2261", {"type": "MultiPolygon",
                         "coordinates": [square(17.0, 62.0, .5), square(20.2253, 67.8558, .5)]}),
        feature("9999", {"type": "Polygon", "coordinates": square(14.0, 60.0, .5)}),
    ]
    json.dump({"type": "FeatureCollection", "features": features}, open("in.geojson", "w"))
    done = run("map", "--geojson", "in.geojson", "--data", "run/municipalities.json", "-o", "m")
    check("written", done.returncode == 0 and "2 of 3 shapes" in done.stderr, done.stderr)
    layer = json.load(open("m/kommuner.geojson", encoding="utf-8"))
    first = layer["features"][0]
    x, y = first["geometry"]["coordinates"][0][0][0]
    # On the central meridian the northing is the length of the meridian (GRS 80) by 0.9996.
    a, f = 6378137.0, 1 / 298.257222101
    e2, n, end = f * (2 - f), 20000, math.radians(62.0)
    arc = sum(a * (1 - e2) / (1 - e2 * math.sin((i + .5) * end / n) ** 2) ** 1.5 for i in range(n)) * end / n
    check("projected", abs(x - 500000) < 0.06 and abs(y - 0.9996 * arc) < 0.06, (x, y, 0.9996 * arc))
    check("the hole stays a hole", len(first["geometry"]["coordinates"][0]) == 2)
    check("two polygons stay two", len(layer["features"][1]["geometry"]["coordinates"]) == 2)
    kiruna = layer["features"][1]["geometry"]["coordinates"][1][0][0]
    check("Kiruna", abs(kiruna[0] - 719000) < 3000 and abs(kiruna[1] - 7536000) < 3000, kiruna)
    check("attributes", first["properties"]["kommun"] == "Prövkommun 0"
          and first["properties"]["hushall_kr_per_ar"] == 200)
    check("no numbers is null", layer["features"][2]["properties"]["hushall_kr_per_ar"] is None
          and layer["features"][2]["properties"]["klass"] == "-1")
    origo = json.load(open("m/origo.json", encoding="utf-8"))
    style = origo["layers"][0]["style"]
    classes = {f["properties"]["klass"] for f in layer["features"]}
    check("each class has a style", all(any("'%s'" % k in s[0]["filter"] for s in origo["styles"][style])
                                        for k in classes))
    # As Origo's documentation has it: a GEOJSON layer takes a path as its source, is in the
    # legend by a group that exists, has a style by name; a projection other than 4326 and
    # 3857 must be defined; styles are lists of lists, and a label is what the legend says.
    one = origo["layers"][0]
    check("layer", one["type"] == "GEOJSON" and one["source"] == "data/kommuner.geojson" and
          isinstance(one["title"], str) and isinstance(one["queryable"], bool), one)
    check("group", one["group"] in {g["name"] for g in origo["groups"]}, origo["groups"])
    check("projection", one["projection"] in {d["code"] for d in origo["proj4Defs"]}, origo["proj4Defs"])
    rules = origo["styles"][one["style"]]
    check("styles", all(isinstance(r, list) and len(r) == 1 and r[0]["label"] and
                        re.fullmatch(r"\[klass\] == '-?\d'", r[0]["filter"]) and
                        re.fullmatch(r"rgba\(\d+,\d+,\d+,0.85\)", r[0]["fill"]["color"]) for r in rules), rules)
    check("labels", len({r[0]["label"] for r in rules}) == 8 and
          rules[0][0]["label"] == "+133 till +200 kr per hushåll och år" and
          rules[-1][0]["label"] == "uppgift saknas", [r[0]["label"] for r in rules])
    if shutil.which("gdaltransform"):  # what is defined is SWEREF 99 TM
        there = lambda crs: [float(v) for v in subprocess.run(
            ["gdaltransform", "-s_srs", "+proj=longlat +ellps=GRS80", "-t_srs", crs], input="18 59\n",
            capture_output=True, text=True).stdout.split()[:2]]
        mine, known = there(origo["proj4Defs"][0]["projection"]), there("EPSG:3006")
        check("SWEREF 99 TM", max(abs(a - b) for a, b in zip(mine, known)) < 0.01, (mine, known))
    names = {a["name"] for a in one["attributes"]}
    check("attributes exist", names <= set(first["properties"]), names)
    if shutil.which("ogrinfo"):
        text = info("m/kommuner.geojson")
        check("GDAL reads it", "Feature Count: 3" in text and 'ID["EPSG",3006]' in text
              and "Prövkommun 0" in text and "MULTIPOLYGON" in text)
    run("map", "--geojson", "in.geojson", "--data", "run/municipalities.json", "-o", "w", "--epsg", "4326")
    degrees = json.load(open("w/kommuner.geojson", encoding="utf-8"))
    of_degrees = json.load(open("w/origo.json", encoding="utf-8"))
    check("degrees need no definition", of_degrees["layers"][0]["projection"] == "EPSG:4326" and
          "proj4Defs" not in of_degrees)
    check("degrees stay", degrees["features"][0]["geometry"]["coordinates"][0][0][1] == [16.0, 62.0])
    if shutil.which("ogrinfo"):
        check("GDAL reads degrees", 'ID["EPSG",4326]' in info("w/kommuner.geojson"))

    done = run("plot", "Q3", "--run", "run", "--geojson", "in.geojson", "--format", "svg")
    script = open("run/charts/gnuplot/q03_map.gp").read()
    check("Q3 with a map", done.returncode == 0 and script.count("set object polygon") == 5, done.stderr)
    check("only numbers in it", "Ort" not in script and "kommun" not in script.lower())

    def wrong(name, what, text):
        open(name, "w").write(text)
        done = run("map", "--geojson", name, "--data", "run/municipalities.json", "-o", "x")
        check("refused: " + what, done.returncode == 1 and what in done.stderr
              and done.stderr.count("\n") == 1 and not os.path.exists("x/kommuner.geojson"), done.stderr)

    bad = lambda g: json.dumps({"type": "FeatureCollection", "features": [feature("2260", g)]})
    wrong("cut.geojson", "no JSON", '{"features": [')
    wrong("none.geojson", "no FeatureCollection", "{}")
    wrong("point.geojson", "no Polygon", bad({"type": "Point", "coordinates": [1, 2]}))
    wrong("metres.geojson", "longitude and latitude",
          bad({"type": "Polygon", "coordinates": [[[5e5, 6e6], [5e5, 6e6], [5e5, 6e6], [5e5, 6e6]]]}))
    wrong("short.geojson", "fewer than four", bad({"type": "Polygon", "coordinates": [[[15, 62], [16, 62]]]}))
    wrong("text.geojson", "longitude and latitude",
          bad({"type": "Polygon", "coordinates": [[["a", "b"]] * 5]}))
    done = run("map", "--geojson", "in.geojson", "--data", "run/summary.json", "-o", "x")
    check("other data", done.returncode == 1 and "no municipalities.json" in done.stderr, done.stderr)
    reference = os.environ.get("SNITT_REFERENCE_DATA", os.path.join(os.path.dirname(
        os.path.abspath(__file__)), "../../../shared/data")) + "/geo/swedish_municipalities.geojson"
    if os.path.exists(reference):
        done = run("map", "--geojson", reference, "--data", "run/municipalities.json", "-o", "s")
        check("all of Sweden", "of 290 shapes" in done.stderr, done.stderr)
    elif os.environ.get("SNITT_REQUIRE_REFERENCE") == "1":
        check("reference data", False, reference)
    os.chdir("/")
sys.exit(1 if failed else 0)
