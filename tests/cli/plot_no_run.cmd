snitt plot Q1 --run nowhere
