mkdir run
snitt rerun run -o out --store nowhere
snitt rerun -o out
snitt compare run
snitt compare run run --store nowhere
