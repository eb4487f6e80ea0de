"""What lists are made of: where rows come from, the part in hand, and the columns."""
