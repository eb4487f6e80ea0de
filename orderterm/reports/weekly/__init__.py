"""The weekly review as a report: what matters in words, then the figures it comes from."""
