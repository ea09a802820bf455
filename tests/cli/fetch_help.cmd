snitt fetch --help
