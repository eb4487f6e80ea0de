"""What the reading tests stand on."""

from pathlib import Path

import pytest

from orderterm.intake.profiles import Profile, load_profiles
from tests.intake.desk import Desk


@pytest.fixture(scope="session")
def shipped() -> list[Profile]:
    """The shipped profiles, read once."""
    return load_profiles(None)


@pytest.fixture
def desk(tmp_path: Path, shipped: list[Profile]) -> Desk:
    """A desk in a folder of its own, with the shipped profiles."""
    return Desk(tmp_path, shipped)
