snitt gaps --stor x
