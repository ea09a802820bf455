snitt companies "$SNITT_SOURCE_DIR/tests/cli/companies_good.csv"
