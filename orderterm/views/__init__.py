"""What screens and reports read: plain values, never table objects."""
