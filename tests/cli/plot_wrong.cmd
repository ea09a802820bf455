snitt plot Q99 --run x
