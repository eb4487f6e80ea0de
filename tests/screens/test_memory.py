"""Being small and quick to start: what is being loaded is not looked through for garbage."""

import gc
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from orderterm.cli import main
from screens.terminal import memory


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_garbage_is_looked_for_again_once_all_is_loaded() -> None:
    memory.begin()
    assert not gc.isenabled()
    memory.settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000, "what was loaded would still be looked through"


@pytest.mark.parametrize("words", [["--version"], ["no-such-command"], ["stock", "--help"]])
def test_no_command_goes_without_it(words: list[str]) -> None:
    CliRunner().invoke(main, words)
    assert gc.isenabled()
