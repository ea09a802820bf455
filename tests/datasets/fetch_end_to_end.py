#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""snitt fetch against a server on loopback that behaves, and one that does not.

usage: fetch_end_to_end.py SNITT SOURCE_DIR [KILLS]

Nothing is lost, nothing wrong is stored, the words say what happened: after every fault a
call without it makes the very store that an undisturbed call makes.  With KILLS the
process is killed (SIGKILL) at so many random moments instead, in memory where the machine
has it: what a killed process wrote stays either way, and a disk's waits would take most
of the moments.
"""
import fcntl
import http.server
import os
import pty
import random
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

SNITT, SOURCE_DIR = sys.argv[1], sys.argv[2]
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 0
SECRET = "5ecre7-7oken-9f8e7d6c"
NOW = "2026-11-25T00:00Z"
MEMORY = "/dev/shm" if KILLS > 0 and os.access("/dev/shm", os.W_OK) else None
folder = tempfile.mkdtemp(prefix="snitt-fetch-", dir=MEMORY)
env = dict(os.environ, HOME=folder + "/home", XDG_STATE_HOME=folder + "/state",
           XDG_CONFIG_HOME=folder + "/config", ENTSOE_API_KEY=SECRET,
           FINGRID_API_KEY=SECRET)
written = []  # everything that came out
SOURCES = ["svk", "esett", "riksbank", "elprisetjustnu", "energidataservice",
           "energycharts", "elering", "entsoe", "jao", "nve", "scb", "smhi", "fingrid",
           "ecb"]


def start_server():
    port_file = folder + "/port"
    server = subprocess.Popen([sys.executable,
                               SOURCE_DIR + "/tests/support/replay_server.py", port_file])
    for _ in range(400):
        if os.path.exists(port_file):
            return server, "http://127.0.0.1:" + open(port_file).read()
        time.sleep(0.05)
    raise SystemExit("the server does not come up")


server, BASE = start_server()


def count():
    return int(urllib.request.urlopen(BASE + "/_count").read())


def arguments(store, sources, fault="", days=("2025-01-05", "2025-01-06"), more=()):
    base = BASE + ("/fault/" + fault if fault else "")
    words = [SNITT, "fetch", "--store", store, "--now", NOW, "--from", days[0], "--to",
             days[1], *more]
    for source in sources:
        words += ["--source", source]
    # A fallback is disturbed as well.
    for source in SOURCES:
        words += ["--base-url", source + "=" + base]
    return words


def fetch(*args, extra_env=None, **more):
    done = subprocess.run(arguments(*args, **more), env=dict(env, **(extra_env or {})),
                          capture_output=True, text=True)
    written.append(done.stdout + done.stderr)
    return done.returncode, done.stdout, done.stderr


def state(store):
    """Everything but the notes of the fetch: names and bytes."""
    out = {}
    for place, _, names in os.walk(store):
        for name in names:
            path = os.path.join(place, name)
            key = os.path.relpath(path, store)
            if not key.startswith("fetch/") and key != "lock":
                out[key] = open(path, "rb").read()
    return out


def columns(listed):
    """Of `snitt status`, all but how many values were filled: pages of single hours, say,
    state what a day leaves out."""
    return [line.split()[:7] for line in listed.splitlines()]


def new_store(name):
    path = folder + "/" + name
    shutil.rmtree(path, ignore_errors=True)
    return path


def check(condition, *words):
    if not condition:
        print("FAILED:", *words)
        print("".join(written[-1:])[-1500:])
        raise SystemExit(1)


def every_source_is_fetched_once():
    store = new_store("all")
    code, out, err = fetch(store, SOURCES, more=["--areas", "SE3,SE4"])
    check(code == 0, "all sources", code, err)
    for source in SOURCES:
        check("\n" + source + ": " in "\n" + out, source, "says nothing")
    before = count()
    code, out, err = fetch(store, SOURCES, more=["--areas", "SE3,SE4"])
    check(code == 0 and count() == before, "a second call asks again", count() - before)
    check(out.count("0 answers") == len(SOURCES), "a second call has answers")
    code, out, err = fetch(store, ["svk"], days=("2025-01-20", "2025-01-25"))
    check(count() == before, "the same month is asked again for other days")
    code, out, err = fetch(store, ["elering"], more=["--refresh"])
    check(count() == before + 1 and " 0 revised" in out, "--refresh", out)
    listed = subprocess.run([SNITT, "status", "--store", store], capture_output=True,
                            text=True).stdout
    for words in ("flow_measured_mw         SE3-SE4    entsoe",
                  "capacity_forward_mw      SE3-SE4    jao",
                  "load_mw                  SE1        scb",
                  "temperature_c            SE3        smhi",
                  "fx_sek_per_eur           SEK        ecb"):
        check(words in listed, "not in the store:", words, listed)


# fault, source, exit code, words on stderr
FAULTS = [
    ("429", "riksbank", 0, ""),
    ("429long", "riksbank", 3, "asks to wait 100000 s"),
    ("503x2", "esett", 0, ""),
    ("truncated", "riksbank", 3, "tried 5 times"),
    ("short_length", "nve", 1, "cut off"),
    ("cutjson", "riksbank", 3, "cut off"),
    ("html", "riksbank", 3, "web page"),
    ("gzipcut", "nve", 1, "gzip encoding is damaged"),
    ("gzipbomb", "nve", 1, "larger than"),
    ("oversize", "riksbank", 3, "larger than"),
    ("other_host", "riksbank", 3, "refused"),
    ("loop", "riksbank", 3, "refused"),
    ("same_host", "riksbank", 0, ""),
    ("gzip", "riksbank", 0, ""),
    ("wrong_zone", "svk", 1, "an area that was asked for"),
    ("shrinking", "svk", 1, "number of rows changed"),
    ("html", "entsoe", 1, "web page"),
    ("entity_bomb", "entsoe", 1, "document type declaration"),
    ("external_entity", "entsoe", 1, "document type declaration"),
    ("zip_bomb", "entsoe", 1, "swell"),
    ("ack", "entsoe", 1, "nothing is published"),
    ("400", "entsoe", 1, "web page"),
    ("zip", "entsoe", 0, ""),
    ("hour_series", "entsoe", 0, ""),
    ("offset_ignored", "entsoe", 0, ""),
    ("too_much", "entsoe", 0, ""),
]


def options_of(source):
    if source == "svk":
        return {"more": ["--items", "price"]}
    if source == "entsoe":
        return {"more": ["--items", "price", "--areas", "SE3"]}
    return {}


def faults_lose_nothing_and_store_nothing_wrong():
    wholes = set()
    for fault, source, expected, words in FAULTS:
        whole = folder + "/whole-" + source
        if source not in wholes:
            wholes.add(source)
            code, _, err = fetch(whole, [source], **options_of(source))
            check(code == 0, "undisturbed", source, code, err)
        store = new_store("store")
        code, out, err = fetch(store, [source], fault=fault, **options_of(source))
        # A riksbank that fails is replaced by the ECB, which fails the same way here.
        expected = 1 if source == "riksbank" and expected == 3 else expected
        check(code == expected, fault, source, "exit", code, "expected", expected, err)
        check(words in err, fault, source, "does not say", words)
        listed = subprocess.run([SNITT, "status", "--store", store], capture_output=True,
                                text=True)
        values = subprocess.run([SNITT, "status", "--store", whole], capture_output=True,
                                text=True).stdout
        if expected == 0:
            check(columns(listed.stdout) == columns(values), fault,
                  "stored other values", listed.stdout)
        else:
            check(listed.stdout.count("\n") <= 1, fault, "stored something",
                  listed.stdout)
            # "Nothing there" is believed for a while; --refresh asks all the same.
            before = count()
            if fault == "ack":
                code, out, err = fetch(store, [source], **options_of(source))
                check(count() == before, "what is not there is asked for at once again")
            code, out, err = fetch(store, [source],
                                   more=["--refresh"] + options_of(source).get("more", []))
            check(code == 0, fault, "then undisturbed", code, err)
            left = {k: v for k, v in state(store).items() if k in state(whole)}
            check(left == state(whole), fault, source, "the store is another one")


def keys_stay_secret():
    store = new_store("keys")
    code, _, err = fetch(store, ["entsoe"], fault="echo_key", **options_of("entsoe"))
    check(code == 1 and "the token *" in err, "the refusal is not shown", err)
    no_key = {"ENTSOE_API_KEY": ""}
    code, _, err = fetch(store, ["entsoe"], extra_env=no_key, **options_of("entsoe"))
    check(code == 1 and "set ENTSOE_API_KEY" in err, "no key", err)
    os.makedirs(folder + "/config/snitt", exist_ok=True)
    keys = folder + "/config/snitt/keys"
    with open(keys, "w") as out:
        out.write("# mine\nfingrid = something-else\nentsoe = " + SECRET + "\n")
    os.chmod(keys, 0o644)
    code, _, err = fetch(store, ["entsoe"], extra_env=no_key, **options_of("entsoe"))
    check(code == 1 and "mode 0600" in err, "an open key file is taken", err)
    os.chmod(keys, 0o600)
    code, _, err = fetch(store, ["entsoe"], extra_env=no_key, **options_of("entsoe"))
    check(code == 0, "key file", err)
    os.remove(keys)
    code, out, _ = fetch(store, ["entsoe"], more=["--dry-run", "--refresh"])
    check(code == 0 and "documentType=A44" in out, "dry run")


def a_probe_reads_and_stores_nothing():
    store = new_store("probe")
    for source in SOURCES:
        run = subprocess.run(arguments(store, [], more=["--probe", source]), env=env,
                             capture_output=True, text=True)
        written.append(run.stdout + run.stderr)
        check(run.returncode == 0 and source + " " in run.stdout, "--probe", source,
              run.stderr)
    run = subprocess.run(arguments(store, [], fault="html", more=["--probe", "svk"]),
                         env=env, capture_output=True, text=True)
    check(run.returncode == 1 and "web page" in run.stderr, "--probe of a page")
    check(not os.path.exists(store), "--probe makes a store")


def rebuilt_is_the_same(store):
    """Offline: the addresses that the server of this test has are not asked."""
    new = new_store("rebuilt")
    before = count()
    done = subprocess.run([SNITT, "rebuild", "--store", store, "-o", new],
                          capture_output=True, text=True)
    written.append(done.stdout + done.stderr)
    check(done.returncode == 0 and "as before" in done.stderr, "rebuild", done.stderr)
    check(count() == before, "rebuild asks a server")
    check(state(new) == state(store), "rebuilt differs from fetched")
    shutil.rmtree(store + "/data")
    os.remove(store + "/HEAD")
    expected = state(new)
    shutil.rmtree(new)
    done = subprocess.run([SNITT, "rebuild", "--store", store, "-o", new],
                          capture_output=True, text=True)
    check(done.returncode == 0 and state(new) == expected, "from raw bytes alone",
          done.stderr)


def what_was_fetched_is_rebuilt():
    store = new_store("origin")
    code, _, err = fetch(store, SOURCES, more=["--areas", "SE3,SE4"])
    check(code == 0, "all sources", err)
    code, _, err = fetch(store, ["svk", "elering"], more=["--refresh"])
    check(code == 0, "again", err)
    rebuilt_is_the_same(store)


def a_locked_store_is_waited_for():
    store = new_store("locked")
    code, _, err = fetch(store, ["nve"])
    check(code == 0, err)
    with open(store + "/lock", "r+") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        before = state(store)
        code, _, err = fetch(store, ["svk"], more=["--lock-wait", "0.2"])
        check(code == 1 and "is being written by process %d" % os.getpid() in err,
              "a locked store", code, err)
        check(state(store) == before, "written in spite of the lock")
        code, _, err = fetch(store, ["svk"], more=["--lock-wait", "soon"])
        check(code == 2 and "expected a number from 0 to 86400" in err, "--lock-wait soon", err)
        run = subprocess.Popen(arguments(store, ["svk"], more=["--lock-wait", "30"]),
                               env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
        time.sleep(1.0)
        check(run.poll() is None, "it does not wait")
    out, err = run.communicate(timeout=60)
    check(run.returncode == 0, "it waited", err)


def an_unknown_certificate_is_refused():
    """A server on TLS whose certificate nobody signed sees no request."""
    if shutil.which("openssl") is None:
        print("        left out: no openssl to make a certificate with")
        return
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", folder + "/tls.key", "-out", folder + "/tls.crt", "-days",
         "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        capture_output=True)
    check(made.returncode == 0, "a certificate", made.stderr)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/tls.crt", folder + "/tls.key")
    heard = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_error(404)

        def log_message(self, *args):
            pass

    tls = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    tls.socket = context.wrap_socket(tls.socket, server_side=True)
    tls.handle_error = lambda *args: None
    threading.Thread(target=tls.serve_forever, daemon=True).start()
    base = "https://127.0.0.1:%d" % tls.server_address[1]
    words = [SNITT, "fetch", "--store", new_store("tls"), "--now", NOW, "--from",
             "2025-01-05", "--to", "2025-01-06", "--source", "nve", "--base-url",
             "nve=" + base]
    run = subprocess.run(words, env=env, capture_output=True, text=True, timeout=300)
    check(run.returncode == 1 and "certificate" in run.stderr.lower(),
          "an unknown certificate", run.returncode, run.stderr)
    check(not heard, "it was asked all the same")
    tls.shutdown()
    tls.server_close()


def nothing_written_holds_a_key():
    check(SECRET not in "".join(written), "a key was printed")
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            check(SECRET.encode() not in open(path, "rb").read(), "a key stands in", path)


DAYS = ("2024-01-01", "2024-01-20")
TEN_DAYS = ("2024-01-01", "2024-01-10")
MANY = ["svk", "elprisetjustnu", "nve"]


def interrupt_is_clean():
    store = new_store("interrupted")
    run = subprocess.Popen(arguments(store, MANY, fault="slow", days=TEN_DAYS), env=env,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.0)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=20)
    written.append(out + err)
    check(run.returncode == 3 and "interrupted" in err, "Ctrl-C", run.returncode, err)
    before = count()
    code, out, err = fetch(store, MANY, fault="slow", days=TEN_DAYS)
    n_rest = count() - before
    whole = new_store("whole")
    before = count()
    fetch(whole, MANY, fault="slow", days=TEN_DAYS)
    check(code == 0 and 0 < n_rest < count() - before, "it does not go on", n_rest)
    check(state(store) == state(whole), "stopped and resumed differs from undisturbed")


def progress_tells_rate_and_time_left():
    """On a terminal: how many of how many, answers a second, and the time that is left,
    which the end proves right to a factor of three."""
    terminal, end = pty.openpty()
    run = subprocess.Popen(arguments(new_store("shown"), ["elprisetjustnu"], fault="slow",
                                     days=TEN_DAYS), env=env, stdout=subprocess.DEVNULL,
                           stderr=end)
    os.close(end)
    shown = []  # when, done, all, rate, seconds left
    rest = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        *lines, rest = (rest + piece).split(b"\r")
        for line in lines:
            found = re.search(rb"(\d+)/(\d+)  ([\d.]+)/s  (\d+):(\d\d) left", line)
            if found:
                done, n, rate, minutes, seconds = found.groups()
                shown.append((time.monotonic(), int(done), int(n), float(rate),
                              60 * int(minutes) + int(seconds)))
    ended = time.monotonic()
    os.close(terminal)
    check(run.wait() == 0 and len(shown) >= 40, "progress", len(shown))
    check([line[1] for line in shown[:40]] == list(range(40)) and shown[0][2] == 40,
          "progress does not count to 40", shown)
    began = shown[0][0]
    when, done, _, rate, left = shown[20]
    check(abs(rate * (when - began) - done) <= 0.5 * done, "rate", rate, when - began)
    check(left <= 3 * (ended - when) + 1, "time left", left, "it took", ended - when)
    check(3 * left + 3 >= ended - when, "time left", left, "it took", ended - when)


def two_at_once_are_one_after_the_other():
    store = new_store("two")
    runs = [subprocess.Popen(arguments(store, [source]), env=env, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
            for source in ("svk", "esett", "nve")]
    for run in runs:
        out, err = run.communicate(timeout=60)
        written.append(out + err)
        check(run.returncode == 0, "at once", err)
    whole = new_store("whole")
    code, _, _ = fetch(whole, ["svk", "esett", "nve"])
    check(state(store) == state(whole), "three processes differ from one")


def killed_and_resumed_is_undisturbed(n):
    whole = new_store("whole")
    for _ in range(2):  # the first call is slower: the server makes its answers
        shutil.rmtree(whole, ignore_errors=True)
        began = time.monotonic()
        code, _, err = fetch(whole, MANY, days=DAYS)
        check(code == 0, err)
        took = time.monotonic() - began
    expected = state(whole)
    rng = random.Random(5)
    n_killed = n_empty = n_part = 0
    for _ in range(n):
        store = new_store("killed")
        run = subprocess.Popen(arguments(store, MANY, days=DAYS), env=env,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0, took))
        run.kill()
        n_killed += run.wait() == -signal.SIGKILL
        seen = subprocess.run([SNITT, "status", "--store", store], capture_output=True,
                              text=True)
        has_head = os.path.exists(store + "/HEAD")
        check(seen.returncode == 0 or not has_head, "the store does not open", seen.stderr)
        lines = seen.stdout.count("\n")
        n_empty += lines <= 1
        n_part += lines > 1
        code, _, err = fetch(store, MANY, days=DAYS)
        check(code == 0, "resume", err)
        check(state(store) == expected, "killed and resumed differs from undisturbed")
    print("%d runs of %.1f s: %d killed, %d before and %d after the first state" %
          (n, took, n_killed, n_empty, n_part))
    check(n_killed >= n // 2, "moments missed")


def killed_while_sources_disagree(n):
    """Which source came first, and in what pieces, depends on the moment and on the order
    in which they are named; the bytes in the end do not: neither of a first fetch nor of
    one that revises what an earlier one stored."""
    sources = ["svk", "elprisetjustnu", "energidataservice"]
    later = ["--now", "2026-11-26T00:00Z", "--refresh"]
    rng = random.Random(7)

    def whole_fetch(store, fault, more=()):
        code, _, err = fetch(store, sources, fault=fault, days=TEN_DAYS, more=more)
        check(code == 0, "fetch", fault, err)
        return err

    def stopped(store, fault, signal_number, more=()):
        words = arguments(store, rng.sample(sources, 3), fault=fault, days=TEN_DAYS,
                          more=more)
        process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0, took))
        process.send_signal(signal_number)
        code = process.wait()
        check(code in (0, 1, 3, -signal_number), "exit code", code)
        return code != 0

    def disturbed(store, fault, more=()):
        """Ctrl-C keeps what is whole, SIGKILL what was written; then it is completed."""
        n_hit = stopped(store, fault, signal.SIGINT, more)
        n_hit += stopped(store, fault, signal.SIGKILL, more)
        rng.shuffle(sources)
        whole_fetch(store, fault, more)
        return n_hit

    whole = new_store("whole")
    err = whole_fetch(whole, "disagree")
    check("differ by more than 0.01" in err, "they do not disagree", err)
    first = state(whole)
    began = time.monotonic()
    whole_fetch(new_store("timed"), "disagree")
    took = time.monotonic() - began
    whole_fetch(whole, "disagree2", later)
    second = state(whole)
    check(first != second, "nothing is revised")
    n_hit = 0
    for _ in range(n):
        store = new_store("killed")
        n_hit += disturbed(store, "disagree")
        check(state(store) == first, "stopped and resumed differs from undisturbed")
        n_hit += disturbed(store, "disagree2", later)
        check(state(store) == second, "stopped and revised differs from undisturbed")
    print("%d runs of %.1f s while sources disagree: %d stopped" % (4 * n, took, n_hit))
    check(n_hit >= n, "moments missed")
    rebuilt_is_the_same(store)


def main():
    if KILLS > 0:
        killed_and_resumed_is_undisturbed(KILLS)
        killed_while_sources_disagree(KILLS // 8)
        return
    for step in (every_source_is_fetched_once,
                 faults_lose_nothing_and_store_nothing_wrong, keys_stay_secret,
                 a_probe_reads_and_stores_nothing, interrupt_is_clean,
                 progress_tells_rate_and_time_left,
                 two_at_once_are_one_after_the_other, what_was_fetched_is_rebuilt,
                 a_locked_store_is_waited_for, an_unknown_certificate_is_refused,
                 nothing_written_holds_a_key):
        began = time.monotonic()
        step()
        print("%5.1f s %s" % (time.monotonic() - began, step.__name__), flush=True)


try:
    main()
finally:
    server.terminate()
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)
