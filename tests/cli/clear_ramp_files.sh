# SPDX-License-Identifier: GPL-3.0-or-later
# A cheap seller, a cable of 300 MW, a buyer with its own at 60; the buyer's load is 0, 250
# and 250 MWh in two hours and a quarter of one.  Sourced.
cat >bids.csv <<CSV
timestamp,delivery_day,period,zone,side,price_eur_per_mwh,quantity_mwh
2025-09-30T20:00Z,2025-09-30,23,EAST,supply,20.0,500.0
2025-09-30T20:00Z,2025-09-30,23,WEST,supply,60.0,500.0
2025-09-30T20:00Z,2025-09-30,23,EAST,demand,10.0,40.0
2025-09-30T21:00Z,2025-09-30,24,EAST,supply,20.0,500.0
2025-09-30T21:00Z,2025-09-30,24,WEST,supply,60.0,500.0
2025-09-30T21:00Z,2025-09-30,24,WEST,demand,4000.0,250.0
2025-09-30T22:00Z,2025-10-01,1,EAST,supply,20.0,125.0
2025-09-30T22:00Z,2025-10-01,1,WEST,supply,60.0,125.0
2025-09-30T22:00Z,2025-10-01,1,WEST,demand,4000.0,62.5
2025-09-30T22:15Z,2025-10-01,2,EAST,supply,20.0,125.0
2025-09-30T22:15Z,2025-10-01,2,WEST,supply,60.0,125.0
2025-09-30T22:15Z,2025-10-01,2,WEST,demand,4000.0,62.5
CSV
cat >capacity.csv <<CSV
timestamp,from_zone,to_zone,min_flow_mwh,max_flow_mwh
2025-09-30T20:00Z,EAST,WEST,-300,300
2025-09-30T21:00Z,EAST,WEST,-300,300
2025-09-30T22:00Z,EAST,WEST,-75,75
2025-09-30T22:15Z,EAST,WEST,-75,75
CSV
echo timestamp,zone,price_eur_per_mwh >prices.csv
cat >ramp.csv <<CSV
from_zone,to_zone,ramp_mw_per_hour,initial_flow_mw
WEST,EAST,80,0
CSV
