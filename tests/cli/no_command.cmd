snitt
