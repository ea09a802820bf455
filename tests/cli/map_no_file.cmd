snitt map --geojson x --data nowhere.json -o z
