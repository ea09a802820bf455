snitt hlp
