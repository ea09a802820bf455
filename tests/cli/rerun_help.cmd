snitt rerun --help
