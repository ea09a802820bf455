snitt model-year --help
