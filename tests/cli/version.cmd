snitt --version
