#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# store_readers.sh SNITT: others read the store's files: ncdump, xarray and h5py, which
# also sees that every axis of every dataset has its scale.
set -eu
snitt=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
    echo 'MTU (CET/CEST),Day-ahead Price [EUR/MWh],Currency,BZN|SE3'
    price=30
    for h in 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
        echo "02.01.2019 $h:00 - 02.01.2019 $h:59,$price.25,EUR"
        price=$((price + 1))
    done
} >"$work/SE3.csv"
sed 's/^\(02.*\),31\.25,/\1,99.5,/; s/^\(02.*\),32\.25,/\1,n\/e,/' "$work/SE3.csv" >"$work/SE3b.csv"
"$snitt" import --store "$work/store" --now 2026-01-01 "$work/SE3.csv" 2>/dev/null
"$snitt" import --store "$work/store" --now 2026-02-01 "$work/SE3b.csv" 2>/dev/null
"$snitt" model-year --store "$work/model" --now 2026-01-01 >/dev/null 2>&1

for file in "$work"/store/data/*.h5 "$work"/model/data/*.h5; do
    ncdump -h "$file" >"$work/header"
    for word in 'group: price_eur_per_mwh' 'time = ' 'subject = ' 'double value(time, subject)' \
        'units = "EUR/MWh"' 'units = "seconds since 1970-01-01 00:00:00"' \
        'Conventions = "CF-1.8"' 'flag_meanings = "gap stated filled suspect"'; do
        grep -q "$word" "$work/header" || {
            echo "ncdump -h $file shows no $word"
            exit 1
        }
    done
done
ncdump -p 9,17 -v /price_eur_per_mwh/entsoe_gui/3600/value "$work"/store/data/2019-*.h5 |
    tr -d ' \n' | grep -q 'value=30.25,99.5,32.25,33.25,34.25,' || {
    echo "ncdump reads other values"
    exit 1
}
/usr/bin/python3 - "$work" <<'PY'
import glob
import sys

import h5py
import numpy as np
import xarray

work = sys.argv[1]
path, = glob.glob(work + "/store/data/2019-*.h5")
for engine in ("h5netcdf",):
    d = xarray.open_dataset(path, group="price_eur_per_mwh/entsoe_gui/3600", engine=engine)
    assert list(d["value"].dims) == ["time", "subject"], d
    assert str(d["time"].values[0])[:19] == "2019-01-01T23:00:00", d["time"]
    assert d["value"].attrs["units"] == "EUR/MWh" and d["value"].attrs["step_s"] == 3600
    subject = [s.decode().rstrip("\0") if isinstance(s, bytes) else str(s)
               for s in d["subject"].values]
    assert subject == ["SE3"], subject
    at_three = d["value"].sel(time="2019-01-02T02:00")
    assert float(at_three[0]) == 33.25, at_three
    assert float(d["value"].isel(time=1)[0]) == 99.5
    assert float(d["revised_value"][0]) == 31.25 and d.sizes["revision"] == 1
n = 0
for path in glob.glob(work + "/*/data/*.h5"):
    with h5py.File(path) as f:
        def look(name, item):
            global n
            if isinstance(item, h5py.Dataset) and not h5py.h5ds.is_scale(item.id):
                for axis, dim in enumerate(item.dims):
                    assert len(dim) == 1, (path, name, axis)
                    assert len(dim[0]) == item.shape[axis], (path, name, axis)
                    n += 1
        f.visititems(look)
assert n > 60, n
model, = glob.glob(work + "/model/data/*.h5")
d = xarray.open_dataset(model, group="price_eur_per_mwh/model_year/3600", engine="h5netcdf")
assert d.sizes["time"] >= 8760 - 24 and np.isfinite(d["value"].values).all(), d
print(n, "axes have their scale")
PY
