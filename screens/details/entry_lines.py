"""An order that is being entered, as lines of text."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from orderterm.rules.drafts import Problem
from orderterm.rules.verification import Product
from orderterm.sentences import say
from screens.station import Station
from screens.terminal.cells import fit, wrap
from screens.widgets.canvas import Line


class Entered(Protocol):
    """What of the order there is so far."""

    @property
    def values(self) -> Mapping[str, str]: ...

    @property
    def articles(self) -> Mapping[str, Product]: ...

    @property
    def problems(self) -> Sequence[Problem]: ...

    @property
    def line_count(self) -> int: ...


def entry_lines(entry: Entered, station: Station, columns: int) -> list[Line]:
    """The form as it has grown."""
    values = entry.values
    channel = station.settings.channels.get(values.get("channel", ""))
    title = station.text(say("new order"))
    who = "  ".join(filter(None, (values.get("customer_name"), values.get("contact"))))
    return [
        [(title, "strong"), (f"  {channel.name if channel else ''}", "accent")],
        *_plain(who, columns),
        *_plain(values.get("address", ""), columns),
        *(_article(entry, line, columns) for line in range(1, entry.line_count + 1)),
        *_plain(values.get("special_request", ""), columns, "in-progress"),
        *(line for one in entry.problems for line in _wrong(one, station, columns)),
    ]


def _plain(text: str, columns: int, look: str = "") -> list[Line]:
    return [[(line, look)] for line in wrap(text, columns)] if text else []


def _article(entry: Entered, line: int, columns: int) -> Line:
    sku = entry.values[f"line{line}.sku"]
    found = entry.articles.get(sku)
    name = f"{found.name} {found.specification}".strip() if found else ""
    size = max(8, min(16, columns // 4))
    return [
        (f"{fit(sku, size)} ", "strong"),
        (fit(name, max(0, columns - size - 9)), ""),
        (fit(entry.values.get(f"line{line}.quantity", ""), 8, right=True), "number"),
    ]


def _wrong(problem: Problem, station: Station, columns: int) -> list[Line]:
    text = f"{station.marks.warning} {station.text(problem.reason)}"
    return [[(line, "exception")] for line in wrap(text, columns)]
