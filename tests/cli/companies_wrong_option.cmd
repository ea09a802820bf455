snitt companies --ru x
