"""What stands beside a list: an order, and what each role needs of it, as lines of text."""
