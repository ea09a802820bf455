#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers on loopback in the documented formats of the sources, made up on the spot.

usage: replay_server.py PORT_FILE

/PATH                the answer of the source that has PATH
/fault/NAME/PATH     the same after, or instead of, a fault:
  429 once (Retry-After: 1), 429date (a date in 100 s), 429long (Retry-After: 100000),
  503x2, 503after (Retry-After: 7), always503, other_port, other_scheme,
  429plain (once, no time stated), truncated, gzipbomb, gzipcut, drip, cutjson, html,
  oversize, other_host, same_host, loop, hang, 400, 404, wrong_zone, shrinking,
  short_length (less than the body), ack, entity_bomb, external_entity, zip, zip_bomb,
  hour_series (more than 100 series: pages), offset_ignored, too_much (10 days at most),
  echo_key (the key in a refusal), slow (0.05 s an answer), gzip (packed when asked for,
  else a refusal), disagree (some prices of Energi Data Service are another), disagree2
  (others are, and all sources have revised some hours)
/echo/KIND           the request's key given back: body, redirect, 401
/_count              number of requests so far
"""
import gzip
import io
import json
import os
import sys
import time
import zipfile
from datetime import datetime, timedelta, timezone
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

UTC = timezone.utc
SVK_ROWS_PER_PAGE = 1000
SEAM = datetime(2025, 9, 30, 22, tzinfo=UTC)
BORDERS = [("SE1", "SE2"), ("SE2", "SE3"), ("SE3", "SE4"), ("SE4", "DELU")]
seen = {}
made = {}
count = 0


def parse_utc(text):
    return datetime.fromisoformat(text.replace("Z", "")).replace(tzinfo=UTC)


def slots(start, end):
    while start < end:
        yield start
        start += timedelta(minutes=15 if start >= SEAM else 60)


def naive(t):
    return t.strftime("%Y-%m-%dT%H:%M:%S")


def price(t, zone):
    """The price that the tests expect: a function of hour and area."""
    return t.hour // 2 + 10.0 * int(zone[-1]) + 0.25 if zone[-1].isdigit() else 5.0


def revised(t, zone, fault):
    """Some hours are another price in the answers of disagree2."""
    return price(t, zone) + (3.0 if fault == "disagree2" and t.hour % 5 == 0 else 0.0)


def svk(query, fault):
    want = json.loads(query["filters"][0])
    window = want["start_time_utc"]
    start, end = parse_utc(window["gte"]), parse_utc(window["lt"])
    rows = []
    for t in slots(start, end):
        base = {"start_time_utc": naive(t), "start_time_sweden": naive(t)}
        if query["resource_id"][0].startswith("cf392ef3"):
            for zone in want["bidding_zone"]:
                if zone in ("SE1", "SE2", "SE3", "SE4", "DELU"):
                    rows.append(dict(base, bidding_zone="XX" if fault == "wrong_zone"
                                     else zone, price=str(revised(t, zone, fault)),
                                     price_unit="EUR/MWh"))
        else:
            for a, b in BORDERS:
                rows.append(dict(base, from_bidding_zone=a, to_bidding_zone=b, power=150))
                rows.append(dict(base, from_bidding_zone=b, to_bidding_zone=a, power=50.0))
    offset = int(query["offset"][0])
    limit = min(int(query["limit"][0]), SVK_ROWS_PER_PAGE)
    total = len(rows) - (offset if fault == "shrinking" else 0)
    return {"help": "", "success": True,
            "result": {"total": total, "records": rows[offset:offset + limit]}}


def esett(path, query):
    start, end = (parse_utc(query[k][0][:19]) for k in ("start", "end"))
    rows = []
    while start <= end:  # the end comes too: one row more than asked
        for zone in ("SE1", "SE2", "SE3", "SE4"):
            row = {"timestamp": naive(start), "timestampUTC": naive(start) + "Z",
                   "mba": zone, "total": -800.5}
            if "EXP16" in path:
                row.update(hydro=700.0, wind=200.0, windOffshore=25.0, nuclear=None,
                           solar=0.0, thermal=10.0, other=1.0, energyStorage=None,
                           total=936.0)
            rows.append(row)
        start += timedelta(hours=1)
    return rows


def riksbank(path):
    first, last = path.split("/")[-2:]
    day, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    rows = []
    while day <= end:
        if day.weekday() < 5:
            rows.append({"date": day.strftime("%Y-%m-%d"), "value": 11.25})
        day += timedelta(days=1)
    return rows


def elpris(path, fault):
    year, name = path.split("/")[-2:]
    day = datetime.strptime(year + "-" + name[:5], "%Y-%m-%d")
    zone = name[6:9]
    rows = []
    for hour in range(24):
        local = day + timedelta(hours=hour)
        utc = (local - timedelta(hours=1)).replace(tzinfo=UTC)
        eur = revised(utc, zone, fault)
        rows.append({"SEK_per_kWh": round(eur * 11.0 / 1000, 5),
                     "EUR_per_kWh": round(eur / 1000, 5), "EXR": 11.0,
                     "time_start": naive(local) + "+01:00",
                     "time_end": naive(local + timedelta(hours=1)) + "+01:00"})
    return rows


# ---- ENTSO-E ----

EIC = {"10Y1001A1001A44P": "SE1", "10Y1001A1001A45N": "SE2", "10Y1001A1001A46L": "SE3",
       "10Y1001A1001A47J": "SE4"}
SERIES_MAX = 100
ACK = ('<?xml version="1.0"?><Acknowledgement_MarketDocument xmlns="urn:x:ack:7:0"><mRID>1'
       "</mRID><Reason><code>999</code><text>%s</text></Reason>"
       "</Acknowledgement_MarketDocument>")
NO_DATA = ACK % "No matching data found for Data item X and interval Y"
BOMB = ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join('<!ENTITY %s "%s">' % (b, ("&%s;" % a) * 10)
                  for a, b in zip("abcdefgh", "bcdefghi")) + "]><x>&i;</x>")
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def stamp(t):
    return t.strftime("%Y-%m-%dT%H:%MZ")


def xml_series(head, start, values, tag):
    """One TimeSeries of hours, curve type A03: equal neighbours are left out."""
    points, last = [], None
    for i, value in enumerate(values):
        if value != last:
            points.append("<Point><position>%d</position><%s>%s</%s></Point>"
                          % (i + 1, tag, value, tag))
        last = value
    end = start + timedelta(hours=len(values))
    return ("<TimeSeries><mRID>1</mRID>%s<curveType>A03</curveType><Period><timeInterval>"
            "<start>%s</start><end>%s</end></timeInterval><resolution>PT60M</resolution>%s"
            "</Period></TimeSeries>" % (head, stamp(start), stamp(end), "".join(points)))


def entsoe_hours(query):
    """Whole market days that touch what was asked; winter only."""
    start, end = (datetime.strptime(query[k][0], "%Y%m%d%H%M").replace(tzinfo=UTC)
                  for k in ("periodStart", "periodEnd"))
    day = start - timedelta(hours=(start.hour + 1) % 24, minutes=start.minute)
    while day < end:
        yield [day + timedelta(hours=h) for h in range(24)]
        day += timedelta(days=1)


def entsoe(query, fault):
    document = query["documentType"][0]
    into = query.get("in_Domain", query.get("outBiddingZone_Domain"))[0]
    out = query.get("out_Domain", [into])[0]
    domains = ('<in_Domain.mRID codingScheme="A01">%s</in_Domain.mRID><out_Domain.mRID>%s'
               "</out_Domain.mRID>" % (into, out))
    days = list(entsoe_hours(query))
    if fault == "too_much" and len(days) > 11:
        return 400, ACK % "The number of instances (900) exceeds the allowed maximum (200)"
    series = []
    if document == "A44" and into in EIC:
        head = domains + ("<currency_Unit.name>EUR</currency_Unit.name>"
                          "<price_Measure_Unit.name>MWH</price_Measure_Unit.name>")
        by_hour = fault in ("hour_series", "offset_ignored")
        for day in days:
            for part in [[t] for t in day] if by_hour else [day]:
                series.append(xml_series(head, part[0], [price(t, EIC[into]) for t in part],
                                         "price.amount"))
    elif document == "A11" and into in EIC and out in EIC:
        head = domains + "<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name>"
        flow = 150 if EIC[out] < EIC[into] else 50
        for day in days:
            series.append(xml_series(head, day[0], [flow] * 24, "quantity"))
    elif document == "A65" and into in EIC:
        head = ("<outBiddingZone_Domain.mRID>%s</outBiddingZone_Domain.mRID>"
                "<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name>" % into)
        series = [xml_series(head, days[0][0], [800 + t.hour for d in days for t in d],
                             "quantity")]
    if "offset" in query:
        first = 0 if fault == "offset_ignored" else int(query["offset"][0])
        series = series[first:first + SERIES_MAX]
    if not series:
        return 200, NO_DATA
    process = query.get("processType", [""])[0]
    return 200, ('<?xml version="1.0"?><X_MarketDocument xmlns="urn:x"><mRID>1</mRID><type>'
                 "%s</type>%s%s</X_MarketDocument>"
                 % (document, process and "<process.processType>%s</process.processType>"
                    % process, "".join(series)))


def zipped(name, text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


# ---- further sources ----

def eds(path, query, fault):
    start, end = parse_utc(query["start"][0]), parse_utc(query["end"][0])
    elspot = path.endswith("Elspotprices")
    off = 5.0 if fault.startswith("disagree") else 0.0
    every = 11 if fault == "disagree2" else 7
    rows = [{"HourUTC" if elspot else "TimeUTC": naive(t), "PriceArea": zone,
             "SpotPriceEUR" if elspot else "DayAheadPriceEUR":
             revised(t, zone, fault) + (off if t.hour % every == 0 else 0.0)}
            for t in slots(start, end) for zone in ("SE3", "SE4")]
    return {"total": len(rows), "records": rows}


def charts(query):
    start, end = parse_utc(query["start"][0]), parse_utc(query["end"][0])
    times = list(slots(start, end))
    return {"license_info": "private and internal use only", "unit": "EUR / MWh",
            "unix_seconds": [int(t.timestamp()) for t in times],
            "price": [price(t, query["bzn"][0]) for t in times], "deprecated": False}


def elering(query):
    start, end = (parse_utc(query[k][0][:19]) for k in ("start", "end"))
    rows = [{"timestamp": int(t.timestamp()), "price": t.hour + 0.5}
            for t in slots(start, end)]
    return {"success": True, "data": {"ee": rows, "fi": rows, "lv": rows, "lt": rows}}


def jao(path, query):
    day = parse_utc(query["FromUtc"][0][:19])
    row = {"border_SE3_SE4": 3000.0, "border_SE4_SE3": 1800.0, "border_SE3SWL_SE4": 1200.0}
    if not path.endswith("maxExchanges"):
        row = {"ptdf_SE3": 0.1, "ptdf_SE4": -0.2, "ram": 500, "cnecName": "made up"}
    return {"rejected": False, "messages": None,
            "data": [dict(row, dateTimeUtc=naive(day + timedelta(minutes=15 * i)) + "Z")
                     for i in range(96)]}


def nve():
    return [{"omrType": "EL", "omrnr": area, "iso_aar": 2025, "iso_uke": week,
             "fyllingsgrad": 0.5, "fylling_TWh": 4.0 + area}
            for area in range(1, 6) for week in range(1, 53)]


def fingrid(path, query):
    start, end = parse_utc(query["startTime"][0]), parse_utc(query["endTime"][0])
    rows = []
    while start < end:
        then = start + timedelta(minutes=15)
        rows.append({"datasetId": int(path.split("/")[3]), "value": 100.0 + start.hour,
                     "startTime": naive(start) + ".0000000+00:00",
                     "endTime": naive(then) + ".0000000+00:00"})
        start = then
    return {"data": rows, "pagination": {"total": len(rows), "lastPage": 1}}


def smhi(path):
    rows = [(datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=h), -3.0 + h % 24)
            for h in range(24 * 20)]
    if path.endswith(".csv"):
        return "Stationsnamn;x\n\nDatum;Tid (UTC);Lufttemperatur;Kvalitet;;x\n" + "".join(
            "%s;%s;%s;G;;\n" % (t.strftime("%Y-%m-%d"), t.strftime("%H:%M:%S"), v)
            for t, v in rows)
    return {"station": {"key": path.split("/")[7]},
            "value": [{"date": int(t.timestamp()) * 1000, "value": str(v), "quality": "G"}
                      for t, v in rows]}


def scb(path, query):
    year = query["valueCodes[Tid]"][0][:4]
    months = ["%sM%02d" % (year, m) for m in range(1, 13)]
    if "TAB78" in path:
        return {"class": "dataset", "id": ["ProdAnv", "Elomrade", "Tid"],
                "size": [1, 1, 12], "value": [700] * 12, "dimension": {
                    "ProdAnv": {"category": {"index": ["x"], "label": {"x": "total usage"}}},
                    "Elomrade": {"category": {"index": ["SE1"], "label": {"SE1": "SE1"}}},
                    "Tid": {"category": {"index": months}}}}
    return {"class": "dataset",
            "id": ["Region", "Forbrukningskategri", "Bransle", "Tid"],
            "size": [4, 3, 1, 1],
            # Sundsvall's houses are suppressed, and the whole country is no municipality.
            "value": [8760, 100, 200, 50000, 300, None, 7000, 70, 90, 10**8, 10**8, 10**8],
            "dimension": {
                "Region": {"category": {"index": ["0180", "2281", "2582", "00"]}},
                "Forbrukningskategri": {"category": {"index": ["921", "951", "98"]}},
                "Bransle": {"category": {"index": ["16"]}},
                "Tid": {"category": {"index": [year]}}}}


def ecb(query):
    day = datetime.fromisoformat(query["startPeriod"][0])
    end = datetime.fromisoformat(query["endPeriod"][0])
    rows = ["KEY,FREQ,CURRENCY,TIME_PERIOD,OBS_VALUE"]
    while day <= end:
        if day.weekday() < 5:
            rows.append("EXR.D.SEK,D,SEK,%s,11.5" % day.strftime("%Y-%m-%d"))
        day += timedelta(days=1)
    return "\r\n".join(rows) + "\r\n"


ROUTES = [
    ("/api/nps/price", lambda path, query: elering(query)),
    ("/price", lambda path, query: charts(query)),
    ("/nordic/api/data/", jao),
    ("/magasinstatistikk/", lambda path, query: nve()),
    ("/api/datasets/", fingrid),
    ("/api/version/1.0/", lambda path, query: smhi(path)),
    ("/api/v2/tables/", scb),
    ("/service/data/EXR/", lambda path, query: ecb(query)),
]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one piece: else each answer waits 40 ms for an ack

    def log_message(self, *args):
        pass

    def send(self, status, body, headers=(), length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        if length is not None:
            self.close_connection = True

    def drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        for _ in range(50):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.2)

    def echo(self, kind):
        """Gives a key back where it can."""
        key = self.headers.get("x-api-key", "") or self.headers.get("SECURITY_TOKEN", "")
        headers = [("X-Echo", key), ("Set-Cookie", "tracking=1")]
        if kind == "redirect":
            self.send(302, b"", headers + [("Location", "http://127.0.0.2:9/?k=" + key)])
        elif kind == "401":
            self.send(401, ("wrong key " + key).encode(), headers)
        else:
            self.send(200, ("the key was " + key + " and again " + key).encode(), headers)

    def answer(self, path, query, fault):
        """The same address has the same answer: it is made once."""
        if self.path not in made:
            answer = self.good(path, query, fault)
            made[self.path] = answer if answer is None else (
                (answer.encode(), "text/csv") if isinstance(answer, str) else
                (json.dumps(answer).encode(), "application/json"))
        return made[self.path]

    def good(self, path, query, fault=""):
        if path.endswith("/datastore_search"):
            return svk(query, fault)
        if path.startswith("/EXP"):
            return esett(path, query)
        if path.startswith("/swea/"):
            return riksbank(path)
        if path.startswith("/api/v1/prices/"):
            return elpris(path, fault)
        if path.startswith("/dataset/"):
            return eds(path, query, fault)
        for prefix, answer in ROUTES:
            if path.startswith(prefix):
                return answer(path, query)
        return None

    def market_document(self, query, fault):
        """True when the answer has been sent."""
        status, text = entsoe(query, fault)
        if fault == "echo_key":
            key = self.headers.get("SECURITY_TOKEN", "")
            status, text = 400, ACK % ("the token " + key + " is not valid")
        elif fault == "ack":
            status, text = 200, NO_DATA
        elif fault == "entity_bomb":
            text = BOMB
        elif fault == "external_entity":
            text = EXTERNAL
        body = text.encode()
        if fault == "zip":
            body = zipped("001.xml", text)
        elif fault == "zip_bomb":
            body = zipped("001.xml", b" " * (48 * 1024 * 1024))
        self.send(status, body, [("Content-Type", "text/xml")])

    def faulty(self, fault, path, query):
        """True when the answer was the fault itself."""
        n = seen[fault] = seen.get(fault, 0) + 1
        page = b"<!DOCTYPE html><html><body>down for maintenance</body></html>"
        if fault == "429" and n == 1:
            self.send(429, b"slow down", [("Retry-After", "1")])
        elif fault == "429plain" and n == 1:
            self.send(429, b"slow down")
        elif fault == "429date" and n == 1:
            self.send(429, b"slow down", [("Retry-After", formatdate(time.time() + 100,
                                                                     usegmt=True))])
        elif fault == "503after" and n == 1:
            self.send(503, page, [("Retry-After", "7")])
        elif fault == "429long":
            self.send(429, b"slow down", [("Retry-After", "100000")])
        elif fault == "always503" or (fault == "503x2" and n <= 2):
            self.send(503, page)
        elif fault == "truncated":
            self.send(200, b'[{"date":"2024-01-02",', length=5000)
        elif fault == "gzipbomb":
            self.send(200, gzip.compress(b"[" + b" " * (64 * 1024 * 1024) + b"]"),
                      [("Content-Encoding", "gzip")])
        elif fault == "gzip":
            if "gzip" not in self.headers.get("Accept-Encoding", ""):
                self.send(406, b"gzip only")
            else:
                self.send(200, gzip.compress(json.dumps(self.good(path, query)).encode()),
                          [("Content-Encoding", "gzip")])
        elif fault == "gzipcut":
            self.send(200, gzip.compress(b"[" + os.urandom(4000) + b"]")[:2000],
                      [("Content-Encoding", "gzip")])
        elif fault == "drip":
            self.drip()
        elif fault == "cutjson":
            self.send(200, b'[{"date":"2024-01-02","val')
        elif fault == "html":
            self.send(200, page)
        elif fault == "oversize":
            self.send(200, b"[" + b" " * (9 * 1024 * 1024) + b"]")
        elif fault == "other_host":
            self.send(302, b"", [("Location", "http://127.0.0.2:9/" + path)])
        elif fault == "other_port":
            self.send(302, b"", [("Location", "http://127.0.0.1:9/" + path)])
        elif fault == "other_scheme":
            self.send(302, b"", [("Location", "https://" + self.headers["Host"] + path)])
        elif fault == "same_host":
            self.send(302, b"", [("Location", path)])
        elif fault == "loop":
            self.send(302, b"", [("Location", self.path)])
        elif fault == "short_length":
            body = json.dumps(self.good(path, query)).encode()
            self.send(200, body, length=len(body) // 2)
        elif fault == "slow":
            time.sleep(0.05)
            return False
        elif fault == "hang":
            time.sleep(5)
            self.close_connection = True
        elif fault in ("400", "404"):
            self.send(int(fault), page)
        else:
            return False
        return True

    def do_GET(self):
        global count
        parts = urlparse(self.path)
        path, query, fault = parts.path, parse_qs(parts.query), ""
        if path == "/_count":
            self.send(200, str(count).encode())
            return
        count += 1
        if path.startswith("/echo/"):
            self.echo(path.split("/")[-1])
            return
        if path.startswith("/fault/"):
            _, _, fault, path = path.split("/", 3)
            path = "/" + path
            if self.faulty(fault, path, query):
                return
        if path == "/api" and "documentType" in query:
            self.market_document(query, fault)
            return
        answer = self.answer(path, query, fault)
        if answer is None:
            self.send(599, b"unknown request")
        else:
            self.send(200, answer[0], [("Content-Type", answer[1])])


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *args: None  # clients that hang up are expected
    with open(sys.argv[1] + ".part", "w") as out:
        out.write(str(server.server_address[1]))
    os.rename(sys.argv[1] + ".part", sys.argv[1])
    server.serve_forever()


main()
