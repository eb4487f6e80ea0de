"""The registers to read: one module each, rows in the order of time, however long the period."""
