snitt rebuild --store nothing -o new
