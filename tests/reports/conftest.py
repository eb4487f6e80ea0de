"""A company for each test."""

from tests.contract.backends import database
from tests.contract.furnished import company

__all__ = ["company", "database"]
