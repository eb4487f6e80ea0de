"""orderterm: a company's orders, from every channel to the customer's confirmation."""

__version__ = "0.1.0"
