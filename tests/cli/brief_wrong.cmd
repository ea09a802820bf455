snitt brief --run x --format odt
