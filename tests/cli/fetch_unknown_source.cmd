snitt fetch --source entso --from 2024-01-01 --to 2024-01-02
