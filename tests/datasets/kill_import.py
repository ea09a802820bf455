#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill_import.py SNITT COMMAND=N...: kill -9 at N random moments of import and model-year.
The store opens each time with the whole earlier or the whole later state; the next import
completes; with a fixed --now the final bytes are those of an undisturbed run.

In memory where the machine has it: what a killed process wrote stays either way, and
without the disk's waits the moments are spread over the program's own steps."""
import datetime as dt
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

snitt = sys.argv[1]
kills = {name: int(n) for name, n in (word.split("=") for word in sys.argv[2:])}
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
rng = random.Random(20190101)


def table(path, first, days, shift):
    with open(path, "w", encoding="utf-8") as f:
        f.write("Consumption SE areas in MWh,,,,,,\n,Hours,SE1,SE2,SE3,SE4,SE\n")
        for h in range(24 * days):
            t = first + dt.timedelta(hours=h)
            f.write("%s,%02d - %02d,%d,%d,%d,%d,0\n" % (
                t.strftime("%d-%m-%Y"), t.hour, (t.hour + 1) % 24,
                1000 + h % 97 + shift, 1800 + h % 89, 9000 + h % 83 + shift, 2300 + h % 79))


def contents(folder):
    """Hash of every file but the lock; unfinished files have no business there later."""
    total = hashlib.sha256()
    for base, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name != "lock":
                path = os.path.join(base, name)
                total.update(os.path.relpath(path, folder).encode())
                with open(path, "rb") as f:
                    total.update(f.read())
    return total.hexdigest()


def head(folder):
    with open(folder + "/HEAD", encoding="ascii") as f:
        return f.read()


def status(folder):
    return subprocess.run([snitt, "status", "--gaps", "--store", folder],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def count_files(folder):
    return len(os.listdir(folder + "/raw")) + len(os.listdir(folder + "/data"))


def wait_for_write(p, folder, before):
    while p.poll() is None and count_files(folder) == before:
        time.sleep(0.0002)  # the machine is for the process that is watched


def undisturbed(command, folder):
    """Seconds that a whole run takes, and of these after its first write."""
    before = count_files(folder)
    began = time.monotonic()
    p = subprocess.Popen(command + [folder], stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    wait_for_write(p, folder, before)
    wrote = time.monotonic()
    assert p.wait() == 0
    return time.monotonic() - began, time.monotonic() - wrote


def killed(command, folder, moment_s, after_first_write):
    """Run, kill at the moment; False when it had ended before."""
    before = count_files(folder)
    p = subprocess.Popen(command + [folder], stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    if after_first_write:
        wait_for_write(p, folder, before)
    time.sleep(moment_s)
    p.send_signal(signal.SIGKILL)
    return p.wait() == -signal.SIGKILL


def aim(rng, k, run_s, write_s, window):
    """The k-th moment: seconds, and whether they count from the first write.  Most of a run
    is before that, so two of three do."""
    at_write = k % 3 > 0
    return rng.uniform(0, window[at_write] * (1.1 * write_s if at_write else run_s)), at_write


def kill_all(name, command, base, work, n):
    """N moments of one command; how many hit, and left the earlier and the later state."""
    whole = work + "/" + name
    shutil.copytree(base, whole)
    run_s, write_s = undisturbed(command, whole)
    earlier, later = (head(base), status(base).stdout), (head(whole), status(whole).stdout)
    final = contents(whole)
    window = {False: 1.0, True: 1.0}
    n_killed = n_early = n_late = 0
    for k in range(n):
        store = work + "/store"
        shutil.copytree(base, store)
        moment_s, at_write = aim(rng, k, run_s, write_s, window)
        was_killed = killed(command, store, moment_s, at_write)
        # One run's length is no measure of the next one's: too late, look earlier.
        window[at_write] = min(1.0, window[at_write] * (1.15 if was_killed else 0.7))
        n_killed += was_killed
        seen = status(store)
        assert seen.returncode == 0, seen.stderr
        state = (head(store), seen.stdout)
        assert state in (earlier, later), (name, k, "a state that never was")
        n_early += state == earlier
        n_late += state == later
        again = subprocess.run(command + [store], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
        assert again.returncode == 0, again.stderr
        assert contents(store) == final, (name, k, "other bytes than undisturbed")
        shutil.rmtree(store)
    print("%s: %d runs of %.2f s, %d killed, %d left the earlier state, %d the later" %
          (name, n, run_s, n_killed, n_early, n_late), flush=True)
    assert n_early + n_late == n and n_killed >= n // 2 and n_early >= n // 5, "moments missed"


def main():
    work = tempfile.mkdtemp(dir=MEMORY)
    try:
        table(work + "/a.csv", dt.datetime(2018, 12, 1), 62, 0)
        table(work + "/b.csv", dt.datetime(2018, 12, 15), 80, 3)
        base = work + "/base"
        subprocess.run([snitt, "import", work + "/a.csv", "--store", base, "--now",
                        "2026-01-01"], check=True, stderr=subprocess.DEVNULL)
        commands = {
            "import": [snitt, "import", work + "/b.csv", "--now", "2026-02-01", "--store"],
            "model-year": [snitt, "model-year", "--now", "2026-02-01", "--store"]}
        for name, n in kills.items():
            kill_all(name, commands[name], base, work, n)
    finally:
        shutil.rmtree(work)


main()
