"""A new database for each test, and a company that works with it."""

from tests.contract.backends import database
from tests.contract.furnished import company

__all__ = ["company", "database"]
