snitt municipalities --ru x
