"""A sample company and a day of its orders, for trying the program out."""
