snitt rebuild --help
