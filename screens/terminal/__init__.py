"""The terminal itself: its driver, its scanner, its cells and colours."""
