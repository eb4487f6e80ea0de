"""What people do with orders, step by step: what is asked, the change, and the answer."""
