# SPDX-License-Identifier: GPL-3.0-or-later
# A seller (30 EUR/MWh in two areas) and a buyer; abroad X at 20; one hour.  Sourced.
t=2025-04-01T00:00:00+02:00
cat >bids.csv <<CSV
timestamp,delivery_day,period,zone,side,price_eur_per_mwh,quantity_mwh
$t,2025-04-01,1,NORTH,supply,30.0,100.0
$t,2025-04-01,1,MID,supply,30.0,300.0
$t,2025-04-01,1,MID,supply,80.5,300.0
$t,2025-04-01,1,SOUTH,demand,30.0,40.0
$t,2025-04-01,1,SOUTH,demand,4000.0,160.0
CSV
cat >capacity.csv <<CSV
timestamp,id,from_zone,to_zone,min_flow_mwh,max_flow_mwh
$t,a,NORTH,MID,-500,500
$t,b,MID,SOUTH,-500,500
$t,c,X,SOUTH,-50,50
$t,d,X,Y,-50,50
CSV
cat >prices.csv <<CSV
timestamp,zone,price_eur_per_mwh
$t,X,20.0
$t,SOUTH,1.0
CSV
cat >exchange.csv <<CSV
timestamp,zone,external_zone,exchange_mwh
$t,SOUTH,X,-50
CSV
