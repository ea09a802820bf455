snitt sources
