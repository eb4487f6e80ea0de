"""Screens as plain text files: what a screen must look like, to be read and compared by eye."""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

WRITES: Final = os.environ.get("ORDERTERM_GOLDEN") == "write"
"""Whether this run writes the files; a change of the environment meanwhile is heeded too."""

FOLDER: Final = Path(__file__).parent / "golden"


def check(name: str, lines: Iterable[str], folder: Path = FOLDER) -> None:
    """Compare a screen's rows with `folder`/`name`.txt, trailing blanks and empty rows aside.

    With ORDERTERM_GOLDEN=write in the environment the file is written instead. Raises
    AssertionError with the difference, or when there is no such file.
    """
    path = folder / f"{name}.txt"
    shown = _plain(lines)
    if os.environ.get("ORDERTERM_GOLDEN") == "write":
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(shown, encoding="utf-8")
        return
    if not path.exists():
        raise AssertionError(f"no {path}; ORDERTERM_GOLDEN=write makes it from:\n{shown}")
    kept = path.read_text(encoding="utf-8")
    if shown != kept:
        raise AssertionError(f"not as in {path}:\n{_difference(kept, shown)}")


def _plain(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def _difference(kept: str, shown: str) -> str:
    lines = difflib.ndiff(kept.splitlines(), shown.splitlines())
    return "\n".join(line for line in lines if not line.startswith("?"))
