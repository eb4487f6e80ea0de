"""What the values of options may be, and how a person writes them."""

from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import click

from orderterm.sentences import Sentence, environment_language, say
from orderterm.terms import Term

_EARLIEST, _LATEST = 2000, 2199
_MOST_PIECES = 1_000_000


class Value(click.ParamType):  # type: ignore[type-arg] # generic in newer click only
    """What a person writes on the command line."""

    def refuse(
        self, why: Sentence, param: click.Parameter | None, ctx: click.Context | None
    ) -> NoReturn:
        """Say, in the language that is spoken, why it can't be taken."""
        self.fail(why.text(environment_language()), param, ctx)


class Text(Value):
    """Words that can be kept: a command line may hold bytes that are no text."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            self.refuse(say("this is not UTF-8 text; set the terminal to UTF-8"), param, ctx)
        if "\x00" in text:
            self.refuse(say("this holds a NUL character"), param, ctx)
        return text.strip()


class Badge(Text):
    """A person's badge; the program's own name is nobody's, and the permission table skips it."""

    name = "badge"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        badge = super().convert(value, param, ctx)
        if badge == "orderterm":
            why = say("orderterm is the program itself; give a person's badge")
            self.refuse(why, param, ctx)
        return badge


class TermChoice(click.Choice[str]):
    """One word of an enum.

    Args:
        term: the enum.
        words: which of its words; None is all.
    """

    def __init__(self, term: type[Term], words: Collection[Term] | None = None) -> None:
        self.term = term
        chosen = [word.value for word in term if words is None or word in words]
        super().__init__(chosen, case_sensitive=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return self.term(super().convert(value, param, ctx))


class Moment(Value):
    """A time at the site, as 2026-11-25 or 2026-11-25 10:30; a day alone means its end.

    Args:
        past: whether it must have come; then the end of today is now.
        future: whether it must be still to come.
    """

    name = "time"

    def __init__(self, *, past: bool = False, future: bool = False) -> None:
        self.past = past
        self.future = future

    def get_metavar(self, *_: Any, **__: Any) -> str:
        return "TIME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        from orderterm.commands.common import Session

        session = ctx.find_object(Session) if ctx else None
        assert session is not None
        moment, is_day = self._read(str(value).strip(), param, ctx)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=session.settings.site.zone)
        if self.future and moment < session.now():
            self.refuse(say("{value} is over", value=value), param, ctx)
        if not self.past or moment <= session.now():
            return moment
        today = session.now().astimezone(moment.tzinfo)
        if not is_day or moment.date() != today.date():
            self.refuse(say("{value} has not come yet", value=value), param, ctx)
        return today

    def _read(
        self, text: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[datetime, bool]:
        try:
            day = date.fromisoformat(text)
            moment, is_day = datetime.combine(day, time(23, 59, 59)), True
        except ValueError:
            try:
                moment, is_day = datetime.fromisoformat(text), False
            except ValueError:
                why = say(
                    "{value} is no time: write it as 2026-11-25 or 2026-11-25 10:30", value=text
                )
                self.refuse(why, param, ctx)
        if not _EARLIEST <= moment.year <= _LATEST:
            self.refuse(say("{value} is too far away", value=text), param, ctx)
        return moment, is_day


class Day(Value):
    """A day at the site, as 2026-11-25."""

    name = "day"

    def get_metavar(self, *_: Any, **__: Any) -> str:
        return "DAY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            day = date.fromisoformat(str(value).strip())
        except ValueError:
            why = say("{value} is no day: write it as 2026-11-25", value=value)
            self.refuse(why, param, ctx)
        if not _EARLIEST <= day.year <= _LATEST:
            self.refuse(say("{value} is too far away", value=value), param, ctx)
        return day


class Pieces(Value):
    """``SKU=N``: so many pieces of a SKU."""

    name = "SKU=N"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        sku, _, count = TEXT.convert(value, param, ctx).rpartition("=")
        if not sku or not (count.isascii() and count.isdecimal()) or int(count) > _MOST_PIECES:
            why = say("{value} must be a SKU and a number of pieces, as BW-500=2", value=value)
            self.refuse(why, param, ctx)
        return sku, int(count)


class Assignment(Value):
    """``FIELD=VALUE``: a new value for a field of the order."""

    name = "FIELD=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        field, sign, new = TEXT.convert(value, param, ctx).partition("=")
        if not field or not sign:
            why = say("{value} must be a field and its value, as address=…", value=value)
            self.refuse(why, param, ctx)
        return field.strip(), new.strip()


class Money(Value):
    """An amount of the site's currency, as 99.00; becomes minor units."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            minor = Decimal(str(value).strip()) * 100
        except InvalidOperation:
            minor = Decimal("NaN")
        if not minor.is_finite() or minor != minor.to_integral_value() or not 0 <= minor < 10**13:
            self.refuse(say("{value} is no amount: write it as 99.00", value=value), param, ctx)
        return int(minor)


TEXT = Text()
PAST_MOMENT = Moment(past=True)
COMING_MOMENT = Moment(future=True)
DAY = Day()
PIECES = Pieces()
ASSIGNMENT = Assignment()
MONEY = Money()
