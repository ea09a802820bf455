snitt export --stor x
