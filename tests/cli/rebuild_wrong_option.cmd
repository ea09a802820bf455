snitt rebuild --stor x
