"""The company at work in a new database; what every test begins with is entered once a run."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from shutil import copy

import pytest

from orderterm.store import connection
from tests.contract.backends import for_the_run, sqlite
from tests.contract.company import Company


@cache
def furnished() -> Path:
    """A database with the company's people and products, made once a run."""
    folder = for_the_run() / "furnished"
    folder.mkdir()
    file = sqlite(folder)
    with connection.reading():
        Company(file)
    return file


@pytest.fixture
def company(database: Path) -> Iterator[Company]:
    """A company of this test alone, its database open for reading."""
    copy(furnished(), database)
    connection.use(database)
    with connection.reading():
        yield Company(database, furnished=True)
