snitt plant --ru x
