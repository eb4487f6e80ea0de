"""The top and the bottom line of a role's screen, in words."""

from collections.abc import Iterable, Sequence

from orderterm.sentences import Sentence, say
from orderterm.views.queue import CAP, Counts, Wanted
from screens.commands import Command
from screens.station import Station
from screens.widgets.canvas import Span

_NAMES = {"space": say("space"), "tab": say("tab"), "enter": say("enter")}


def key_name(key: str) -> Sentence | str:
    """A key as people name it."""
    return _NAMES.get(key, key)


def key_titles(commands: Iterable[Command], station: Station) -> list[tuple[str, str]]:
    """The keys that the footer names, each with what it does, the most used first."""
    named = sorted((one for one in commands if one.footer), key=lambda one: one.footer)
    return [(station.text(key_name(one.key)), station.text(one.title)) for one in named]


def narrowed_words(narrowed: Wanted, station: Station) -> str:
    """What a list is narrowed to; blank where it is whole."""
    text = station.text
    words = [
        text(say("mine")) if narrowed.mine else "",
        text(say("overdue")) if narrowed.overdue else "",
        text(say("exceptions")) if narrowed.excepted else "",
        narrowed.channel or "",
        text(narrowed.priority) if narrowed.priority else "",
    ]
    return " ".join(word for word in words if word)


def who_and_where(station: Station, title: str, also: Iterable[str]) -> list[Span]:
    """The left of the top line: the screen, what is shown, who sits there, and the shift."""
    who = station.person.name if station.person else ""
    shift = station.workplace.working_time.shift_at(station.now())
    shown = [(f"  {word}", "accent") for word in also if word]
    return [(f" {title}", "strong"), *shown, (f"  {who} {shift}", "")]


def when_and_how_much(
    station: Station, counts: Counts, unread: int, waiting: int, away_since: str
) -> Sequence[Span]:
    """The right of the top line: what is new, the time, whether it is stale, and the counts."""
    soon, late = counts.due_soon, counts.overdue
    told: list[tuple[Sentence | str, str]] = []
    if waiting:
        told.append((say("+{count} new", count=waiting), "accent"))
    told.append((f"{station.now():%m-%d %H:%M}", ""))
    if away_since:
        told.append((say("stale since {at}", at=away_since), "overdue"))
    told += [
        (say("{count} open", count=_capped(counts.open)), ""),
        (say("{count} due soon", count=_capped(soon)), "due-soon" if soon else ""),
        (say("{count} overdue", count=_capped(late)), "overdue" if late else ""),
        (f"{station.marks.envelope} {unread}", "accent" if unread else ""),
    ]
    return [(f" {station.text(words)} ", look) for words, look in told]


def _capped(count: int) -> str:
    return f"{count - 1}+" if count >= CAP else str(count)
