snitt portfolio --ru x
