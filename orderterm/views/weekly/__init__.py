"""The weekly review: how a week went, what its figures suggest, and what came of the measures."""
