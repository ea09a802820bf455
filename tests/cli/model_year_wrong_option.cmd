snitt model-year --stor x
