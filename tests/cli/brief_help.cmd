snitt brief --help
