snitt batch --help
