snitt portfolio "$SNITT_SOURCE_DIR/scenarios/library/projects-north.yaml"
