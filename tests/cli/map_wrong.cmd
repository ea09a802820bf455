snitt map --geojson x --data y -o z --epsg 3021
