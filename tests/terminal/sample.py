"""A small app on the station's driver, for the tests to mistreat.

Run it with the name of a file. There it leaves the number of keys it got, a line for every
tenth of a second that its loop lives.
"""

import asyncio
import sys
from pathlib import Path

from textual import events
from textual.app import App, ComposeResult
from textual.timer import Timer
from textual.widgets import Static

from screens.terminal.driver import StationDriver


class Sample(App[None]):
    """Shows the keys and pastes it got.

    F5 paints the whole screen sixty times a second until F6; F7 shows an odd character;
    F8 hangs for an hour.
    """

    CSS = "#said { height: 1 } #field { height: 1fr }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, heart: Path) -> None:
        super().__init__(driver_class=StationDriver)
        self.heart = heart
        self.keys: list[str] = []
        self.pasted = 0
        self.painted = 0
        self.storm: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static("ready", id="said")
        yield Static("", id="field")

    def on_mount(self) -> None:
        self.set_interval(0.1, self.beat)

    def on_unmount(self) -> None:
        with self.heart.open("a") as heart:
            heart.write("unmounted")

    def beat(self) -> None:
        with self.heart.open("a") as heart:
            heart.write(f"{len(self.keys)}\n")

    async def on_key(self, event: events.Key) -> None:
        if event.key == "f5":
            self.storm = self.set_interval(1 / 60, self.paint)
        elif event.key == "f6" and self.storm:
            self.storm.stop()
            self.say(f"painted {self.painted}.")
        elif event.key == "f7":
            self.say("odd \udcff name")  # as a damaged file name holds it
        elif event.key == "f8":
            await asyncio.sleep(3600)
        else:
            self.keys.append(event.key)
            self.say(f"{len(self.keys)} keys, last: {' '.join(self.keys[-3:])}.")

    def on_paste(self, event: events.Paste) -> None:
        self.pasted += 1
        self.say(f"paste {self.pasted}: {len(event.text)} characters.")

    def say(self, text: str) -> None:
        self.query_one("#said", Static).update(text)

    def paint(self) -> None:
        self.painted += 1
        row = f"frame {self.painted:06} 订单 " * 4
        self.query_one("#field", Static).update("\n".join([row] * 60))


if __name__ == "__main__":
    sample = Sample(Path(sys.argv[1]))
    sample.run()
    sys.exit(sample.return_code)
