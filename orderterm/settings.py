"""``orderterm.toml`` as typed values: the shipped defaults, with the home's own laid over them."""

import tomllib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct

from orderterm import public_days
from orderterm.errors import SettingsError
from orderterm.faults import allowed, bad_value, faults
from orderterm.outgoing import Kuaidi100, Messages, Minutes, Reports, Sender, SenderName, Survey
from orderterm.sentences import Sentence, environment_language, say
from orderterm.terminal import CommandId, Key, Printing, Scanner, Screen
from orderterm.terms import ChannelKind, Language

FILE_NAME = "orderterm.toml"
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

# Upper bounds keep a slip of the finger from overflowing a date.
Hours = Annotated[float, allowed(say("a number of hours above 0, at most 8784"), gt=0, le=8784)]
Days = Annotated[int, allowed(say("a whole number of days from 1 to 366"), ge=1, le=366)]
Seconds = Annotated[
    float, allowed(say("a number of seconds above 0, at most 86400"), gt=0, le=86400)
]
Settling = Annotated[float, allowed(say("a number of seconds from 0 to 3600"), ge=0, le=3600)]
BatchSize = Annotated[int, allowed(say("a whole number from 1 to 5000"), ge=1, le=5000)]
Part = Annotated[float, allowed(say("a number above 0 and below 1"), gt=0, lt=1)]
Step = Annotated[float, allowed(say("a number above 0, at most 100"), gt=0, le=100)]
SurgeFactor = Annotated[float, allowed(say("a number above 1, at most 1000"), gt=1, le=1000)]
# A blank word would be found in every text.
Word = Annotated[str, allowed(say("a text in quotes that is not blank"), pattern=r"\S")]
Currency = Annotated[str, allowed(say("three capital letters such as CNY"), pattern=r"^[A-Z]{3}\Z")]
Country = Annotated[
    str,
    allowed(
        say('a country\'s two capital letters such as CN, or "" for no public holidays'),
        pattern=r"^([A-Z]{2})?\Z",
    ),
]
ChannelCode = Annotated[
    str,
    allowed(
        say("a channel code: 2 to 4 capital letters and digits, beginning with a letter"),
        pattern=r"^[A-Z][A-Z0-9]{1,3}\Z",
    ),
]
ReasonCode = Annotated[
    str,
    allowed(
        say("a reason code: small letters, digits and _, beginning with a letter"),
        pattern=r"^[a-z][a-z0-9_]*\Z",
    ),
]
LocalTime = Annotated[time, Meta(tz=False)]


class Site(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    time_zone: str
    currency: Currency

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the site's days begin and end."""
        return ZoneInfo(self.time_zone)


class Shift(Struct, frozen=True, forbid_unknown_fields=True):
    name: Word
    start: LocalTime
    end: LocalTime
    days: list[Weekday]


class Calendar(Struct, frozen=True, forbid_unknown_fields=True):
    country: Country
    subdivision: str
    weekend: list[Weekday]
    extra_holidays: list[date]
    extra_working_days: list[date]
    closed_on_holidays: bool


class Inbox(Struct, frozen=True, forbid_unknown_fields=True):
    folder: Word
    polling: bool
    interval_seconds: Seconds
    settle_seconds: Settling
    fallback_encoding: str
    partner_minutes: Seconds
    profiles: Word
    batch_orders: BatchSize


class Channel(Struct, frozen=True, forbid_unknown_fields=True):
    name: Word
    kind: ChannelKind
    profiles: list[Word] = []
    zone: str = ""
    language: Literal["", "zh", "en"] = ""


class Verification(Struct, frozen=True, forbid_unknown_fields=True):
    required: list[Literal["customer_name", "contact", "address", "ordered_at"]]
    expedited_words: list[Word]
    custom_words: list[Word]
    carrier_words: list[Word]
    negations: list[Word]
    quality_words: list[Word]


class PrioritySettings(Struct, frozen=True, forbid_unknown_fields=True):
    surge_factor: SurgeFactor
    surge_days: Days
    surge_minimum_days: Days
    high_levels: list[Word]


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """How long something may take: ``hours`` or ``days``, and which clock counts them."""

    clock: Literal["working", "elapsed"]
    hours: Hours | None = None
    days: Days | None = None


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    review: Limit
    allocation: Limit
    preparation: Limit
    preparation_urgent: Limit
    preparation_custom: Limit
    shipping: Limit
    tracking: Limit
    confirmation: Limit
    receiving: Limit
    refund: Limit
    information: Limit
    shortage: Limit
    carrier_delay: Limit
    change_request: Limit
    follow_up: Limit
    other: Limit
    delay_without_manager: Limit
    shipping_notice: Limit
    delay_notice: Limit
    survey: Limit


class Escalation(Struct, frozen=True, forbid_unknown_fields=True):
    due_soon: Part
    step: Step
    unacknowledged_minutes: Minutes
    send: bool


class Allocation(Struct, frozen=True, forbid_unknown_fields=True):
    partial: bool


class Labels(Struct, frozen=True, forbid_unknown_fields=True):
    zh: Word
    en: Word


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Every setting of a home, checked."""

    language: Literal["auto", "zh", "en"]
    database: Word
    site: Site
    shifts: list[Shift]
    calendar: Calendar
    inbox: Inbox
    channels: dict[ChannelCode, Channel]
    verification: Verification
    priority: PrioritySettings
    limits: Limits
    escalation: Escalation
    allocation: Allocation
    overdue_reasons: dict[ReasonCode, Labels]
    messages: Messages
    senders: dict[SenderName, Sender]
    survey: Survey
    kuaidi100: Kuaidi100
    reports: Reports
    screen: Screen
    keys: dict[CommandId, Key]
    scanner: Scanner
    printing: Printing


def default_text() -> str:
    """The shipped ``orderterm.toml``, comments and all."""
    return Path(__file__).with_name("defaults.toml").read_text(encoding="utf-8")


def load(home: Path) -> Settings:
    """The settings of ``home``; a home without the file has the defaults.

    Raises:
        SettingsError: the file is not TOML, or a value can't be used; says which and why.
    """
    file = home / FILE_NAME
    try:
        own = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        own = {}
    except OSError as error:
        raise SettingsError(
            "{file} can't be read: {reason}", file=file, reason=error.strerror
        ) from None
    except UnicodeDecodeError:
        raise SettingsError("{file} can't be read: save it as UTF-8", file=file) from None
    except RecursionError:
        raise SettingsError("{file} can't be read: it is nested too deeply", file=file) from None
    except ValueError as error:
        raise SettingsError("{file} is not valid TOML: {reason}", file=file, reason=error) from None
    return parse(own, file)


def parse(own: dict[str, Any], file: Path | str = FILE_NAME) -> Settings:
    """The defaults with ``own`` laid over them; ``file`` is named in what goes wrong.

    Raises:
        SettingsError: the first thing that can't be used: its key, its value and what is allowed.
    """
    defaults = tomllib.loads(default_text())
    merged = _overlay(defaults, own)
    try:
        settings = msgspec.convert(merged, Settings)
    except msgspec.ValidationError:
        raise _refused(next(faults(merged, Settings)), file) from None
    for fault in _contradictions(settings, defaults["calendar"]):
        raise _refused(fault, file)
    return settings


def terminal_language(settings: Settings | None = None) -> Language:
    """The language to speak: the setting, else what the locale's variables ask for."""
    if settings is not None and settings.language != "auto":
        return settings.language
    return environment_language()


def _overlay(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """``own`` over ``base``, table by table."""
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = _overlay(_without_length(below, value), value)
        else:
            merged[key] = value
    return merged


def _without_length(limit: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A limit's defaults without its length where ``own`` has one: days take the place of hours."""
    if "clock" not in limit or own.keys().isdisjoint({"hours", "days"}):
        return limit
    return {"clock": limit["clock"]}


def _refused(fault: Sentence, file: Path | str) -> SettingsError:
    return SettingsError("{file}: {fault}", file=file, fault=fault)


def _contradictions(settings: Settings, shipped: dict[str, Any]) -> Iterator[Sentence]:
    """What the types alone can't tell; ``shipped`` is the default calendar, known to be right."""
    yield from _unknown_zones(settings)
    yield from _unclear_limits(settings.limits)
    if not _is_encoding(settings.inbox.fallback_encoding):
        yield bad_value(
            "inbox.fallback_encoding",
            settings.inbox.fallback_encoding,
            say("an encoding such as cp1252 or shift_jis"),
        )
    if not _is_command(settings.printing.command):
        yield bad_value(
            "printing.command",
            settings.printing.command,
            say('a command such as lp -d labels, with every quote closed, or "" for a file'),
        )
    if not any(shift.days for shift in settings.shifts):
        yield say(
            "shifts holds no shift on any day, so no working hour would ever pass; "
            "add a [[shifts]] with name, start, end and days"
        )
    if len(set(settings.calendar.weekend)) == len(get_args(Weekday)):
        yield bad_value(
            "calendar.weekend",
            settings.calendar.weekend,
            say("a list that leaves at least one day for work"),
        )
    here = (settings.calendar.country, settings.calendar.subdivision)
    if here != (shipped["country"], shipped["subdivision"]) and (
        fault := _unknown_country(settings.calendar)
    ):
        yield fault


def _unknown_zones(settings: Settings) -> Iterator[Sentence]:
    zones = {"site.time_zone": settings.site.time_zone}
    zones |= {f"channels.{code}.zone": c.zone for code, c in settings.channels.items() if c.zone}
    for key, zone in zones.items():
        if not is_zone(zone):
            yield bad_value(key, zone, say("a time zone such as Asia/Shanghai or Europe/Paris"))


def _unclear_limits(limits: Limits) -> Iterator[Sentence]:
    for name in limits.__struct_fields__:
        limit: Limit = getattr(limits, name)
        if limit.hours is not None and limit.days is not None:
            yield say(
                "limits.{name} has both hours = {hours} and days = {days}; keep one of them",
                name=name,
                hours=limit.hours,
                days=limit.days,
            )


def _unknown_country(calendar: Calendar) -> Sentence | None:
    if not calendar.country or public_days.is_kept(calendar.country, calendar.subdivision):
        return None
    import holidays  # here, because it takes a tenth of a second to load

    try:
        known = holidays.country_holidays(calendar.country).subdivisions
    except NotImplementedError:
        must_be = say("the ISO 3166 code of a country whose public holidays are known")
        return bad_value("calendar.country", calendar.country, must_be)
    try:
        holidays.country_holidays(calendar.country, subdiv=calendar.subdivision or None)
    except NotImplementedError:
        must_be = say('"" for the whole country, for none of its parts has holidays of its own')
        if known:
            must_be = say('one of {choices}, or "" for the whole country', choices=[*known])
        return bad_value("calendar.subdivision", calendar.subdivision, must_be)
    return None


def is_zone(name: str) -> bool:
    """Whether this machine knows a time zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_command(line: str) -> bool:
    if not line:
        return True
    import shlex  # only where there is one

    try:
        words = shlex.split(line)
    except ValueError:
        return False
    return "\0" not in line and bool(words and words[0])


def _is_encoding(name: str) -> bool:
    try:
        b"text".decode(name, "replace")
    except (LookupError, ValueError):
        return False
    return True
