snitt gaps --store nothing
