# SPDX-License-Identifier: GPL-3.0-or-later
# Two sellers, a buyer and FI behind a cable of two hubs; two hours, the second with a
# constraint that nothing satisfies.  Sourced.
for t in 00 01; do
    cat <<CSV
2025-04-01T$t:00Z,2025-04-01,$t,SE1,supply,20.0,1000.0
2025-04-01T$t:00Z,2025-04-01,$t,SE2,supply,30.0,1000.0
2025-04-01T$t:00Z,2025-04-01,$t,SE3,supply,90.0,1000.0
2025-04-01T$t:00Z,2025-04-01,$t,SE3,demand,4000.0,600.0
2025-04-01T$t:00Z,2025-04-01,$t,FI,supply,50.0,1000.0
2025-04-01T$t:00Z,2025-04-01,$t,FI,demand,4000.0,100.0
CSV
done >rows.csv
{ echo timestamp,delivery_day,period,zone,side,price_eur_per_mwh,quantity_mwh
  cat rows.csv; } >bids.csv
cat >links.csv <<CSV
timestamp,from_zone,to_zone,min_flow_mwh,max_flow_mwh
2025-04-01T00:00Z,SE3_FS,FI_FS,-50,50
2025-04-01T00:00Z,SE1,SE2,-10,10
2025-04-01T01:00Z,SE3_FS,FI_FS,-50,50
CSV
row() { # TIME NAME RAM PTDF_SE1 PTDF_SE2 PTDF_FI
    printf '{"id":1,"dateTimeUtc":"2025-04-01T%s:00:00Z","tso":"SVK","cnecName":"%s",' \
        "$1" "$2"
    printf '"nonRedundant":true,"ram":%s,"fmax":900,"ptdf_SE1":%s,"ptdf_SE2":%s,' \
        "$3" "$4" "$5"
    printf '"ptdf_SE3":null,"ptdf_FI":%s,"ptdf_SE3_FS":0.0,"ptdf_FI_FS":%s}' "$6" "$6"
}
{ printf '{"data":['
  row 00 'the \"line\", north' 300 0.75 0.25 0
  printf ,
  row 00 slack 900 -0.5 0.1 0
  printf ,
  row 01 'too narrow' -5000 0.75 0.25 0
  printf '],"totalRowsWithFilter":3}'; } >domain.json
