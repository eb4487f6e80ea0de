"""Reading what people type: days, money, and the reasons that are asked for again and again."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from orderterm.errors import Refusal
from orderterm.intake import values
from orderterm.sentences import Sentence, say
from screens.station import Station
from screens.work_screen import WorkScreen

MOST_YEARS = 10
"""What is farther away is a slip of the finger, and the end of the calendar can't be kept."""


def day_at(text: str, station: Station) -> datetime:
    """The moment that ``text`` means: days from today, 11-25, 2026-11-25, or with a time.

    A day alone means its end.

    Raises:
        Refusal: it is no such thing, over, or years away.
    """
    moment = _day_at(text.strip(), station.now())
    if moment is None:
        raise Refusal(
            "{text} is no day: type how many days from today, or 11-25, 2026-11-25, "
            "2026-11-25 10:30",
            text=text,
        )
    if moment < station.now():
        raise Refusal("{text} is over; type a time that is still to come", text=text)
    if moment.year > station.now().year + MOST_YEARS:
        raise Refusal("{text} is more than {years} years away", text=text, years=MOST_YEARS)
    return moment


def _day_at(text: str, now: datetime) -> datetime | None:
    if text.isascii() and text.isdecimal() and len(text) <= 3:
        return datetime.combine(now.date() + timedelta(days=int(text)), _END, now.tzinfo)
    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%m-%d", "%m-%d %H:%M", "%H:%M"):
        try:
            # The year is put before, because a 29th of February is one only in its own year.
            year = "" if form.startswith("%Y") else f"{now.year} "
            found = datetime.strptime(year + text, ("%Y " if year else "") + form)  # noqa: DTZ007
        except ValueError:
            continue
        if form == "%H:%M":
            found = datetime.combine(now.date(), found.time())
        elif "%H" not in form:
            found = datetime.combine(found.date(), _END)
        return _coming(found.replace(tzinfo=now.tzinfo), now, has_year=not year)
    return None


_END = time(23, 59, 59)


def _coming(moment: datetime, now: datetime, *, has_year: bool) -> datetime:
    """Without its year a day that is long over means the one of next year."""
    if has_year or moment > now - timedelta(days=60):
        return moment
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:  # a 29th of February, which next year has not
        return moment


def money(text: str) -> int:
    """An amount in minor units.

    Raises:
        Refusal: it is no amount.
    """
    found = values.money(text)
    if found is None or found < 0:
        raise Refusal("{text} is no amount: type it as 99.00", text=text)
    return found


def amount_text(amount: int | None) -> str:
    """Minor units as an amount is written."""
    return "?" if amount is None else f"{amount // 100}.{amount % 100:02d}"


async def one_of(screen: WorkScreen, title: Sentence, words: Sequence[Sentence]) -> str:
    """One of the usual words, or others that are typed.

    Returns:
        The words in the language of the terminal.
    """
    other = say("other words …")
    chosen = await screen.choose(title, [*((one, one) for one in words), (other, other)])
    if chosen is other:
        return await screen.ask(title)
    return screen.station.text(chosen)


async def overdue_reason(screen: WorkScreen) -> str:
    """Why work is late: a code of the settings with a note if there is one, or words alone."""
    labels = screen.station.settings.overdue_reasons
    language = screen.station.language
    entries = [(getattr(label, language), code) for code, label in labels.items()]
    code = await screen.choose(say("why is it late?"), entries)
    if code == "other":
        return await screen.ask(say("why is it late?"))
    note = await screen.ask(say("a note on it, or enter for none"), blank=True)
    return f"{code}: {note}" if note else code
