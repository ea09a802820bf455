snitt revisions --store nothing
