"""The registers as reports: which columns each has, and what stands in them."""
