"""The pictures of the README and the docs, from the running program: `make pictures`.

They show the sample company at one moment of its day: the same code gives the same pictures.
"""

import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from orderterm.demo import live
from tests.terminal import picture
from tests.terminal.pty import Terminal

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
NOW = datetime(2026, 11, 23, 2, 35, 30, tzinfo=UTC)
"""Half past ten in the morning at the site."""


class Shot(NamedTuple):
    """A picture: its file, what is opened, in which language and size, and the keys pressed."""

    name: str
    words: Sequence[str]
    language: str
    size: tuple[int, int]
    keys: Sequence[str] = ()


SHOTS = (
    Shot("review", ["--as", "R01"], "zh", (120, 32), ("down",)),
    Shot("review-en", ["--as", "R01"], "en", (80, 24)),
    Shot("picking", ["--as", "P01"], "zh", (80, 24), ("s",)),
    Shot("order", ["--as", "X01"], "en", (100, 30), ("enter",)),
    Shot("manager", ["--as", "me", "--role", "manager"], "zh", (120, 32), ("n",)),
    Shot("monitor", ["--monitor"], "zh", (120, 40)),
)
LANGUAGES = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}


def main() -> None:
    """Make every picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        live.prepare(home, orders=120, seed=1, now=NOW, tell=lambda _: None)
        for shot in SHOTS:
            _take(shot, home)


def _take(shot: Shot, home: Path) -> None:
    argv = [sys.executable, "-m", "tests.terminal.launch", str(home), *shot.words]
    argv += ["--at", NOW.isoformat()]
    env = {"LANG": LANGUAGES[shot.language], "PYTHONPATH": str(ROOT)}
    with Terminal(argv, size=shot.size, env=env, cwd=ROOT) as terminal:
        terminal.wait_for("20261123")
        terminal.settle(1.0)
        for key in shot.keys:
            terminal.press(key)
            terminal.settle(1.0)
        text = picture.svg(terminal.display)
    (FOLDER / f"{shot.name}.svg").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
