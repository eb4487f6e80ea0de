"""The table of keys as a page: ``python -m screens.cheat_sheet >docs/keys.md``."""

from collections.abc import Iterator

from orderterm.sentences import Sentence, say
from orderterm.terms import Role
from screens.commands import (
    COMMANDS,
    EVERYWHERE,
    LIST,
    MONITOR,
    NOTICES,
    ORDER,
    PICKING,
    Command,
)

_PLACES: tuple[tuple[str, Sentence], ...] = (
    (LIST, say("in every list")),
    (ORDER, say("on an order's page")),
    *((role.value, say("{role}'s screen", role=role)) for role in Role),
    (PICKING, say("while pieces are verified")),
    (NOTICES, say("while the notifications are open")),
    (MONITOR, say("on the monitor")),
    (EVERYWHERE, say("everywhere")),
)

_INTRODUCTION = """\
# Keys

Made from the table in `screens/commands.py` by `make keys`; a test sees that it is fresh.
`?` shows the keys that work where you are, `:` finds a command by its name.

Every key can be another one: name the command and the key in `orderterm.toml`.

```toml
[keys]
"order.complete" = "z"
```

Moving is the same everywhere: the arrows, page up and page down, home and end; shift and an arrow
scroll the order beside the list. `esc` or `ctrl+g` gives up what is asked, and leads from what was
found or narrowed back to the whole list. A scanned code needs no key: see
[the terminal](terminal.md#scanning).

What a role's screen has for an order works on the order's page too: `?` names it there."""


def lines() -> Iterator[str]:
    """The lines of the page."""
    yield _INTRODUCTION
    for place, title in _PLACES:
        commands = [command for command in COMMANDS if place in command.places]
        if commands:
            yield ""
            yield f"## {_capital(title.text('en'))} · {title.text('zh')}"
            yield ""
            yield "| key | command | what it does | 作用 |"
            yield "|---|---|---|---|"
            yield from map(_row, commands)


def _row(command: Command) -> str:
    key = command.key.replace("|", "\\|")
    english, chinese = command.help.text("en"), command.help.text("zh")
    return f"| `{key}` | `{command.id}` | {english} | {chinese} |"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    print("\n".join(lines()))
