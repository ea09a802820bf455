snitt compare --help
