snitt export --store nothing
