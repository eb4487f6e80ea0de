"""What the wall monitor draws: its blocks, and where each stands on a screen of which size."""
