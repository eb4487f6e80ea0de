"""From a message to the letter that is sent: its language, its fields, its route."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from orderterm.duties.senders import Letter
from orderterm.duties.templates import LINK_FIELDS, Templates
from orderterm.outgoing import Route
from orderterm.rules.contacts import contact_digits, part_extension
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings, terminal_language
from orderterm.store.fields import utc_time
from orderterm.terms import ExceptionKind, Language, MessageKind, NoticeKind
from orderterm.views.messages import Matter
from orderterm.views.notifications import Notice, notice_text
from orderterm.views.times import local

_EMAIL = re.compile(r"[^@\s*]+@[^@\s*]+\.[^@\s*.]{2,}")
_PHONE = re.compile(r"\+?[\d\s().－—-]+")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 20
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

Fields = dict[str, str]


def compose(
    key: str, kind: MessageKind, matter: Matter, settings: Settings, templates: Templates
) -> Letter:
    """The letter that a message comes to now.

    Args:
        key: the message's, that the other side knows a repeat by.
        kind: what is told.
        matter: all there is to tell.
        settings: the home's settings.
        templates: the home's templates, checked.
    """
    language = language_of(matter.channel, settings)
    fill = _of_escalation if kind is MessageKind.ESCALATION else _of_order
    fields = {
        name: _one_line(text) for name, text in fill(kind, matter, settings, language).items()
    }
    channel_kind = matter.channel_kind.value if matter.channel_kind else ""
    template = templates.choose(kind, language, matter.channel, channel_kind)
    subject, text = template.fill(fields)
    return Letter(key, kind, language, matter.contact, subject, text, fields, matter.order_number)


def language_of(code: str, settings: Settings) -> Language:
    """The language of the channel with ``code``, else that of messages, else the home's."""
    channel = settings.channels.get(code)
    if channel is not None and channel.language:
        return channel.language
    if settings.messages.language != "auto":
        return settings.messages.language
    return terminal_language(settings)


def contact_kind(contact: str) -> str:
    """Whether a contact is an ``email`` or a ``phone`` that can be written to; else "".

    No message reaches a number with an extension.
    """
    if _EMAIL.fullmatch(contact):
        return "email"
    if part_extension(contact)[1]:
        return ""
    digits = len(contact_digits(contact))
    if _PHONE.fullmatch(contact) and _FEWEST_DIGITS <= digits <= _MOST_DIGITS:
        return "phone"
    return ""


def route_of(kind: MessageKind, matter: Matter, settings: Settings) -> Route | Sentence:
    """The first route that fits a message; where none does, why."""
    open_to = routes_for(kind, matter.channel, settings)
    for route in open_to:
        if route.contact in ("any", contact_kind(matter.contact)):
            return route
    if not open_to:
        return say(
            "no route takes it: add a [[messages.routes]] to orderterm.toml for {kind} {channel}",
            kind=kind,
            channel=matter.channel,
        )
    kinds = {route.contact for route in open_to}
    wanted = _CONTACTS[kinds.pop()] if len(kinds) == 1 else _EITHER
    return say(
        "its contact is no {wanted} that can be written to, and no route takes any other",
        wanted=wanted,
    )


def routes_for(kind: MessageKind, channel: str, settings: Settings) -> list[Route]:
    """The routes that take messages of ``kind`` from ``channel``, to whatever contact."""
    return [
        route
        for route in settings.messages.routes
        if kind in (route.messages or [kind]) and channel in (route.channels or [channel])
    ]


def route_faults(settings: Settings) -> Iterator[Sentence]:
    """The senders and channels that routes name and that there are not."""
    for position, route in enumerate(settings.messages.routes, start=1):
        if route.sender not in settings.senders:
            yield say(
                "messages.routes, number {position}: there is no sender {name}; there are {known}",
                position=position,
                name=route.sender,
                known=list(settings.senders),
            )
        for channel in route.channels:
            if channel not in settings.channels:
                yield say(
                    "messages.routes, number {position}: there is no channel {name}; "
                    "there are {known}",
                    position=position,
                    name=channel,
                    known=list(settings.channels),
                )


_CONTACTS = {"phone": say("phone number"), "email": say("e-mail address")}
_EITHER = say("phone number or e-mail address")


def _one_line(text: str) -> str:
    """A name may hold anything; in a subject a line break would begin another header."""
    return " ".join(text.split())


def _of_order(kind: MessageKind, matter: Matter, settings: Settings, language: Language) -> Fields:
    channel = settings.channels.get(matter.channel)
    joint = "、" if language == "zh" else ", "
    fields = {
        "order": matter.channel_order_number or matter.order_number,
        "number": matter.order_number,
        "channel_order_number": matter.channel_order_number,
        "customer": matter.name,
        "items": joint.join(f"{name} × {pieces}" for name, pieces in matter.items),
        "channel": channel.name if channel else matter.channel,
        "shop": matter.shop,
        "company": settings.site.name,
    }
    return fields | _MORE[kind](matter.facts, settings, language, fields)


def _of_parcel(facts: dict[str, Any], settings: Settings, language: Language, _: Fields) -> Fields:
    eta = facts.get("eta")
    return {
        "carrier": facts.get("carrier") or "",
        "waybill": facts.get("waybill") or "",
        "eta": day_text(_local(eta, settings).date(), language) if eta else "",
    }


def _of_delay(facts: dict[str, Any], settings: Settings, language: Language, own: Fields) -> Fields:
    parcel = _of_parcel(facts, settings, language, own)
    if facts.get("cause") == ExceptionKind.SHORTAGE:
        reason = say("an item being out of stock for the moment")
        expected = say("We now expect to ship it on {day}", day=parcel["eta"])
    else:
        reason = say("a delay on the way")
        expected = say("We now expect it to reach you on {day}", day=parcel["eta"])
    return parcel | {"reason": reason.text(language), "expected": expected.text(language)}


def _of_survey(_: dict[str, Any], settings: Settings, __: Language, own: Fields) -> Fields:
    values = {name: quote(own[name], safe="") for name in LINK_FIELDS}
    return {"survey_link": settings.messages.survey_link.format_map(values)}


_MORE: dict[MessageKind, Callable[[dict[str, Any], Settings, Language, Fields], Fields]] = {
    MessageKind.SHIPPING_NOTICE: _of_parcel,
    MessageKind.DELAY_NOTICE: _of_delay,
    MessageKind.SURVEY: _of_survey,
}


def _of_escalation(
    _: MessageKind, matter: Matter, settings: Settings, language: Language
) -> Fields:
    facts = dict(matter.facts)
    level = int(facts.get("level", 1))
    due = facts.get("due_at")
    if due:
        facts["due_at"] = _local(due, settings)
    facts.setdefault("name", None)
    notice = Notice(
        0, NoticeKind.OVERDUE, matter.order_number or None, level, matter.queued_at, facts
    )
    return {
        "name": matter.name,
        "what": notice_text(notice).text(language),
        "number": matter.order_number,
        "level": str(level),
        "due": f"{facts['due_at']:%Y-%m-%d %H:%M}" if due else "",
        "company": settings.site.name,
    }


def _local(moment: str, settings: Settings) -> datetime:
    return local(utc_time(moment), settings.site.zone)


def day_text(day: date, language: Language) -> str:
    """A day as a customer reads it, whatever the computer's own locale is."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
