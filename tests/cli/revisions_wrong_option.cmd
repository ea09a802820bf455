snitt revisions --stor x
