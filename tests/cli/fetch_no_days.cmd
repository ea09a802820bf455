snitt fetch --to 2024-01-02
