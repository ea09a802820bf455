snitt clear --help
