snitt help
