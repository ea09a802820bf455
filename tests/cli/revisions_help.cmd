snitt revisions --help
