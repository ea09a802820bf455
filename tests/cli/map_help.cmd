snitt map --help
