"""What Textual's own parts do with the same work: `python -m tests.bench.stock blank|table|input`.

The table has the rows that a queue shows; F2 changes a cell of it. The input keeps what is entered.
"""

import sys

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Input, Static

COLUMNS = ("order", "channel", "customer", "pcs", "due", "left", "note", "received")
ROWS = 120


class Blank(App[None]):
    """Nothing but a word."""

    def compose(self) -> ComposeResult:
        yield Static("ready")


class Table(App[None]):
    """A queue in a stock table."""

    def compose(self) -> ComposeResult:
        yield Static("reviewer")
        yield DataTable(cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        self.cells = table.add_columns(*COLUMNS)
        for serial in range(ROWS):
            number = f"20261123-EC-{serial:03}"
            row = (number, "商城", "王小明", "3", "11:40", "0:26", "expedited", "10:40")
            table.add_row(*row, key=number)
        table.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "f2":
            table = self.query_one(DataTable)
            table.update_cell("20261123-EC-010", self.cells[-2], "with 张敏")


class Entry(App[None]):
    """A field that takes scans."""

    def compose(self) -> ComposeResult:
        yield Input()
        yield Static("ready")

    def on_mount(self) -> None:
        self.codes: list[str] = []

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.codes.append(event.value)
        event.input.clear()

    def on_key(self, event: events.Key) -> None:
        if event.key == "f2":
            right = sum(
                code == f"20261123-EC-{serial:03}" for serial, code in enumerate(self.codes)
            )
            self.query_one(Static).update(f"{right} right")


if __name__ == "__main__":
    {"blank": Blank, "table": Table, "input": Entry}[sys.argv[1]]().run(mouse=False)
