"""Where the files lie that travel with the program but are not Python.

In the repository they are the project's own folders, beside the packages; in an installed wheel
they lie inside the package. Everybody asks here, so that nobody else needs to know which it is.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_SHIPPED = _PACKAGE / "_shipped"


def stylesheet() -> Path:
    """The screens' stylesheet, ``orderterm.tcss``."""
    return _find("orderterm.tcss")


def migrations() -> Path:
    """The folder of the numbered migrations."""
    return _find("migrations")


def shipped_inbox() -> Path:
    """The inbox as shipped: a folder a channel, what a file must look like, and sample files."""
    return _find("inbox")


def _find(name: str) -> Path:
    return (_SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent) / name
