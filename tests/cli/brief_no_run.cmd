snitt brief --run nowhere
