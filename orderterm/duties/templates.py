"""The texts of messages: the shipped ones, and the company's own laid over them.

A template's first line is its subject, then comes a blank line, then the text, with ``{fields}``.
A line of which every field is empty is left out: an arrival that nobody knows is not told.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from string import Formatter
from typing import get_args

from msgspec import Struct

from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.terms import ChannelKind, Language, MessageKind

_OF_ORDERS = (
    "order",
    "number",
    "channel_order_number",
    "customer",
    "items",
    "channel",
    "shop",
    "company",
)
FIELDS: dict[MessageKind, tuple[str, ...]] = {
    MessageKind.SHIPPING_NOTICE: (*_OF_ORDERS, "carrier", "waybill", "eta"),
    MessageKind.DELAY_NOTICE: (*_OF_ORDERS, "reason", "expected", "eta", "carrier", "waybill"),
    MessageKind.SURVEY: (*_OF_ORDERS, "survey_link"),
    MessageKind.ESCALATION: ("name", "what", "number", "level", "due", "company"),
}
"""What each kind of message may tell."""
LINK_FIELDS = ("order", "number", "channel_order_number")
"""What the link to a survey may hold."""

_LANGUAGES: tuple[Language, ...] = get_args(Language)
_SUBJECT = re.compile(r"(?:subject|主题)\s*[:：]\s*(?P<subject>\S.*)", re.IGNORECASE)
_MANY_BLANK = re.compile(r"\n{3,}")


class Template(Struct, frozen=True):
    """A checked template: every field in it is one that its kind of message has."""

    subject: str
    lines: tuple[str, ...]

    def fill(self, fields: Mapping[str, str]) -> tuple[str, str]:
        """The subject and the text; ``fields`` holds every field of the kind of message."""
        told = [line.format_map(fields) for line in self.lines if _tells(line, fields)]
        text = _MANY_BLANK.sub("\n\n", "\n".join(told)).strip("\n")
        return self.subject.format_map(fields).strip(), text


def _tells(line: str, fields: Mapping[str, str]) -> bool:
    names = list(_names(line))
    return not names or any(fields[name] for name in names)


def _names(line: str) -> Iterator[str]:
    return (name for _, name, _, _ in Formatter().parse(line) if name is not None)


class Templates:
    """All templates of a home, checked.

    Raises:
        OrdertermError: the first fault: its file, its line, and what may stand there.
    """

    def __init__(self, home: Path, settings: Settings) -> None:
        self._own: dict[str, Template] = {}
        for file in own_files(home, settings):
            self._own[file.name] = read_own(file, settings)
        if fault := link_fault(settings.messages.survey_link):
            raise OrdertermError(fault)
        self._shipped = {
            (kind, language): _shipped(kind, language)
            for kind in MessageKind
            for language in _LANGUAGES
        }

    def choose(
        self, kind: MessageKind, language: Language, channel: str, channel_kind: str
    ) -> Template:
        """The most particular template there is: the channel's, its kind's, own, shipped.

        Args:
            kind: what is told.
            language: in which language.
            channel: the channel's code; "" for what is about none.
            channel_kind: the channel's kind, likewise.
        """
        for narrow in (f".{channel}", f".{channel_kind}", ""):
            if own := self._own.get(f"{kind.value}.{language}{narrow}.txt"):
                return own
        return self._shipped[kind, language]


def own_files(home: Path, settings: Settings) -> list[Path]:
    """The company's own templates, by name; nothing where it has none."""
    folder = home / settings.messages.templates
    return sorted(file for file in folder.glob("*.txt") if not file.name.startswith("."))


def template_faults(settings: Settings, home: Path) -> Iterator[Sentence]:
    """What is wrong with the company's own templates, file by file."""
    for file in own_files(home, settings):
        try:
            read_own(file, settings)
        except OrdertermError as error:
            yield error.sentence
    if fault := link_fault(settings.messages.survey_link):
        yield fault


def read_own(file: Path, settings: Settings) -> Template:
    """One of the company's own templates.

    Raises:
        OrdertermError: its name says nothing that is known here, or it can't be used.
    """
    kind = _kind_of(file, settings)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise OrdertermError(
            "{file} can't be read: {reason}", file=file, reason=error.strerror
        ) from None
    except UnicodeDecodeError:
        raise OrdertermError("{file} can't be read: save it as UTF-8", file=file) from None
    return parse(text, str(file), FIELDS[kind])


def _kind_of(file: Path, settings: Settings) -> MessageKind:
    """What the name ``KIND.LANGUAGE[.CHANNEL].txt`` tells."""
    kind, _, rest = file.name.removesuffix(".txt").partition(".")
    language, _, narrow = rest.partition(".")
    _one_of(file, kind, [one.value for one in MessageKind], say("a kind of message"))
    _one_of(file, language, _LANGUAGES, say("a language"))
    if narrow or rest.endswith("."):
        known = [*(one.value for one in ChannelKind), *settings.channels]
        _one_of(file, narrow, known, say("a channel or a kind of channels"))
    return MessageKind(kind)


def _one_of(file: Path, word: str, known: Iterable[str], what: Sentence) -> None:
    if word not in known:
        raise OrdertermError(
            "{file} is named after {what} that is not known, {word}: name it as "
            "shipping_notice.zh.txt or shipping_notice.zh.TM.txt, with one of {known}",
            file=file,
            what=what,
            word=word or '""',
            known=list(known),
        )


def parse(text: str, file: str, allowed: Iterable[str]) -> Template:
    """A template's text, checked.

    Args:
        text: of the whole file.
        file: its name, for what is wrong with it.
        allowed: the fields it may hold.

    Raises:
        OrdertermError: it has no subject, no text, or a brace or field that can't be filled.
    """
    lines = text.replace("\r\n", "\n").rstrip().split("\n")
    for number, line in enumerate(lines, start=1):
        _check_line(line, file, number, list(allowed))
    subject = _SUBJECT.fullmatch(lines[0].strip())
    if subject is None:
        raise OrdertermError(
            '{file}, line 1: it must tell the subject, as "Subject: …" or "主题：…"', file=file
        )
    if len(lines) < 3 or lines[1].strip():
        raise OrdertermError(
            "{file}, line 2: a blank line must follow the subject, then the text", file=file
        )
    return Template(subject["subject"], tuple(line.rstrip() for line in lines[2:]))


def _check_line(line: str, file: str, number: int, allowed: list[str]) -> None:
    try:
        parts = list(Formatter().parse(line))
    except ValueError as error:
        raise OrdertermError(
            "{file}, line {line}: a brace stands alone ({reason}); write {{{{ or }}}} for the "
            "sign itself",
            file=file,
            line=number,
            reason=error,
        ) from None
    for _, name, form, conversion in parts:
        if name is not None and (name not in allowed or form or conversion):
            raise OrdertermError(
                "{file}, line {line}: {field} can't be filled; there are {fields}",
                file=file,
                line=number,
                field=_as_written(name, form, conversion),
                fields=[f"{{{one}}}" for one in allowed],
            )


def _as_written(name: str, form: str | None, conversion: str | None) -> str:
    return "".join(
        ("{", name, f"!{conversion}" if conversion else "", f":{form}" if form else "", "}")
    )


def link_fault(link: str) -> Sentence | None:
    """What is wrong with ``messages.survey_link``; None where it can be used."""
    try:
        _check_line(link, "messages.survey_link", 1, list(LINK_FIELDS))
    except OrdertermError as error:
        return error.sentence
    return None


def _shipped(kind: MessageKind, language: Language) -> Template:
    file = resources.files("orderterm").joinpath("templates", language, f"{kind.value}.txt")
    return parse(file.read_text(encoding="utf-8"), file.name, FIELDS[kind])
