"""Files made for one test each, and the reading of them with the shipped profiles."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orderterm.errors import FileRejected
from orderterm.intake.profiles import Profile, load_profiles
from orderterm.intake.reading import Document, read
from orderterm.rules.drafts import OrderDraft

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Desk:
    """Writes files into a folder and reads them."""

    def __init__(self, folder: Path, profiles: Sequence[Profile]) -> None:
        self.folder = folder
        self.profiles = profiles

    def write(self, content: str | bytes, name: str = "file.csv", encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def read(
        self,
        content: str | bytes | Path,
        name: str = "file.csv",
        encoding: str = "utf-8",
        **options: Any,
    ) -> Document:
        path = content if isinstance(content, Path) else self.write(content, name, encoding)
        options = {"zone": SHANGHAI, "fallback_encoding": "cp1252", **options}
        return read(path, options.pop("profiles", self.profiles), **options)

    def orders(self, content: str | bytes | Path, *args: Any, **options: Any) -> list[OrderDraft]:
        drafts = self.read(content, *args, **options).drafts
        return [draft for draft in drafts if isinstance(draft, OrderDraft)]

    def order(self, content: str | bytes | Path, *args: Any, **options: Any) -> OrderDraft:
        (order,) = self.orders(content, *args, **options)
        return order

    def reason(self, content: str | bytes | Path, *args: Any, **options: Any) -> str:
        """Why the file is refused."""
        with pytest.raises(FileRejected) as caught:
            self.read(content, *args, **options)
        return str(caught.value)


@pytest.fixture(scope="session")
def shipped() -> list[Profile]:
    return load_profiles(None)


@pytest.fixture
def desk(tmp_path: Path, shipped: list[Profile]) -> Desk:
    return Desk(tmp_path, shipped)


@pytest.fixture
def problems() -> Callable[[OrderDraft], dict[str, str]]:
    """What is wrong with an order, by field."""
    return lambda order: {problem.field: str(problem.reason) for problem in order.problems}
