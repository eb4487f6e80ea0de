"""The program itself on pseudo-terminals, which end with their test."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal.pty import Terminal

ROOT = Path(__file__).parents[2]

Open = Callable[..., Terminal]


@pytest.fixture
def program() -> Iterator[Open]:
    """Starts `python -m orderterm` in a home, at a real clock; waits until it shows something."""
    yield from opener("orderterm", lambda home, words: ["--home", str(home), *words])


@pytest.fixture
def launched() -> Iterator[Open]:
    """Starts the program with a clock of its own; its words are `tests.terminal.launch`'s."""
    yield from opener("tests.terminal.launch", lambda home, words: [str(home), *words])


def opener(module: str, told: Callable[[Path, tuple[str, ...]], list[str]]) -> Iterator[Open]:
    """What a fixture yields that starts `module` with what `told` makes of a home and words."""
    terminals: list[Terminal] = []

    def start(home: Path, *words: str, **options: object) -> Terminal:
        argv = [sys.executable, "-m", module, *told(home, words)]
        options.setdefault("env", {"LANG": "C.UTF-8"})
        terminals.append(Terminal(argv, cwd=ROOT, **options))  # type: ignore[arg-type]
        terminals[-1].wait_for(lambda seen: any(seen.screen()))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()
