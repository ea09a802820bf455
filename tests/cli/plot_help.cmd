snitt plot --help
