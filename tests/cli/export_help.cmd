snitt export --help
