"""A new database for each test, and a company that works with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orderterm.store.connection import reading
from tests.contract.backends import database
from tests.contract.company import Company

__all__ = ["company", "database"]


@pytest.fixture
def company(database: Path) -> Iterator[Company]:
    with reading():
        yield Company(database)
