snitt fetch --source elprisetjustnu --areas SE3,SE4 --from 2024-03-31 --to 2024-03-31 --store s --dry-run && ls -A
