mkdir page
printf '{"name": "a page of the web"}' >page/manifest.json
echo mine >page/mine
snitt run scenario.yaml -o page
snitt run scenario.yaml -o .
cat page/mine
