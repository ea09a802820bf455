snitt gaps --help
