#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers on loopback in the documented formats of the sources, made up on the spot.

usage: replay_server.py PORT_FILE

/PATH                the answer of the source that has PATH
/fault/NAME/PATH     the same after, or instead of, a fault:
  429 once (Retry-After: 1), 429long (Retry-After: 100000), 503x2, always503,
  429plain (once, no time stated), truncated, gzipbomb, gzipcut, drip, cutjson, html,
  oversize, other_host, same_host, loop, hang, 400, 404, wrong_zone, shrinking
/echo/KIND           the request's key given back: body, redirect, 401
/_count              number of requests so far
"""
import gzip
import json
import os
import sys
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

UTC = timezone.utc
SVK_ROWS_PER_PAGE = 100
SEAM = datetime(2025, 9, 30, 22, tzinfo=UTC)
BORDERS = [("SE1", "SE2"), ("SE2", "SE3"), ("SE3", "SE4"), ("SE4", "DELU")]
seen = {}
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
    return t.hour + 10.0 * int(zone[-1]) + 0.25 if zone[-1].isdigit() else 5.0


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
                                     else zone, price=str(price(t, zone)),
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


def elpris(path):
    year, name = path.split("/")[-2:]
    day = datetime.strptime(year + "-" + name[:5], "%Y-%m-%d")
    zone = name[6:9]
    rows = []
    for hour in range(24):
        local = day + timedelta(hours=hour)
        utc = (local - timedelta(hours=1)).replace(tzinfo=UTC)
        eur = price(utc, zone)
        rows.append({"SEK_per_kWh": round(eur * 11.0 / 1000, 5),
                     "EUR_per_kWh": round(eur / 1000, 5), "EXR": 11.0,
                     "time_start": naive(local) + "+01:00",
                     "time_end": naive(local + timedelta(hours=1)) + "+01:00"})
    return rows


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

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

    def good(self, path, query, fault=""):
        if path.endswith("/datastore_search"):
            return svk(query, fault)
        if path.startswith("/EXP"):
            return esett(path, query)
        if path.startswith("/swea/"):
            return riksbank(path)
        if path.startswith("/api/v1/prices/"):
            return elpris(path)
        return None

    def faulty(self, fault, path, query):
        """True when the answer was the fault itself."""
        n = seen[fault] = seen.get(fault, 0) + 1
        page = b"<!DOCTYPE html><html><body>down for maintenance</body></html>"
        if fault == "429" and n == 1:
            self.send(429, b"slow down", [("Retry-After", "1")])
        elif fault == "429plain" and n == 1:
            self.send(429, b"slow down")
        elif fault == "429long":
            self.send(429, b"slow down", [("Retry-After", "100000")])
        elif fault == "always503" or (fault == "503x2" and n <= 2):
            self.send(503, page)
        elif fault == "truncated":
            self.send(200, b'[{"date":"2024-01-02",', length=5000)
        elif fault == "gzipbomb":
            self.send(200, gzip.compress(b"[" + b" " * (64 * 1024 * 1024) + b"]"),
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
        elif fault == "same_host":
            self.send(302, b"", [("Location", path)])
        elif fault == "loop":
            self.send(302, b"", [("Location", self.path)])
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
        answer = self.good(path, query, fault)
        if answer is None:
            self.send(599, b"unknown request")
        else:
            self.send(200, json.dumps(answer).encode(),
                      [("Content-Type", "application/json")])


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *args: None  # clients that hang up are expected
    with open(sys.argv[1] + ".part", "w") as out:
        out.write(str(server.server_address[1]))
    os.rename(sys.argv[1] + ".part", sys.argv[1])
    server.serve_forever()


main()
