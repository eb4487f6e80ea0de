"""Channel profiles: what a platform's file looks like and what its columns mean, as TOML data."""

import re
import tomllib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct, field

from orderterm.errors import SettingsError
from orderterm.faults import value_text
from orderterm.sentences import Sentence, say
from orderterm.settings import is_zone
from orderterm.terms import FileKind, Language, TrackingState

Words = Annotated[list[str], Meta(min_length=1)]
Verdict = Literal["unpaid", "open", "shipped", "completed", "cancelled", "none", "ask", "no_goods"]
"""What a status word means: a status of the channel, nothing, "a person must look at it", or "a
line with nothing to send"."""

ORDER_FIELDS = (
    "channel_order_number",
    "shop",
    "ordered_at",
    "customer_name",
    "contact",
    "address",
    "nature",
    "special_request",
    "note",
    "ship_by",
    "updated_at",
    "channel_order_id",
    "exported_at",
)
LINE_FIELDS = (
    "channel_line_number",
    "sku",
    "name",
    "specification",
    "quantity",
    "unit_price",
)
FIELDS: dict[FileKind, tuple[str, ...]] = {
    FileKind.ORDERS: ORDER_FIELDS + LINE_FIELDS,
    FileKind.PRODUCTS: (
        "sku",
        "name",
        "specification",
        "location",
        "safety_stock",
        "lead_time_days",
    ),
    FileKind.STOCK: ("sku", "on_hand"),
    FileKind.CUSTOMERS: ("name", "contact", "level", "address"),
    FileKind.TRACKING: ("carrier", "waybill", "status", "at", "description"),
    FileKind.SURVEY: ("number", "speed", "accuracy", "service", "comment"),
}
"""What a profile of each kind can read from a file."""


class Title(Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str

    def label(self, language: Language) -> str:
        """The text in ``language``."""
        return self.zh if language == "zh" else self.en


class Join(Struct, frozen=True, forbid_unknown_fields=True):
    """Several columns as one value; the empty ones are left out.

    ``needs``: columns without which the file can't tell the value this way.
    """

    join: Words
    separator: str = " "
    needs: list[str] = field(default_factory=list)


class StatusRule(Struct, frozen=True, forbid_unknown_fields=True):
    """What the words of a status column mean; the first of ``columns`` that is not empty counts.

    A word ending in ``*`` is a beginning, ``*`` alone any word, the empty word an empty cell.
    ``line``: the column speaks of one line, not of the whole order.
    """

    columns: Words
    words: dict[str, Verdict]
    line: bool = False


class ExportTime(Struct, frozen=True, forbid_unknown_fields=True):
    """When a file was exported: the first group of ``file_name`` read by ``format``."""

    file_name: str
    format: Annotated[str, Meta(min_length=1)] = "unix"


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of file of one platform. Every key is explained in ``docs/channels.md``."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]*\Z")]
    title: Title
    kind: FileKind
    features: Annotated[list[str | Words], Meta(min_length=1)]
    columns: dict[str, list[str | Join]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    refuse: Title | None = None
    untouched: bool = False
    without_key: Literal["reject", "above", "customer"] = "reject"
    line_when: list[str] = field(default_factory=list)
    lines: str = ""
    quoted: bool = True
    packed: str = ""
    encoding: str = ""
    zone: str = ""
    dates: list[str] = field(default_factory=list)
    decimal: Literal[".", ","] = "."
    masked: str = ""
    footers: list[str] = field(default_factory=list)
    status: list[StatusRule] = field(default_factory=list)
    states: dict[str, TrackingState] = field(default_factory=dict)
    exported: ExportTime | None = None
    partner: str = ""
    lines_only: bool = False

    def zone_or(self, zone: ZoneInfo) -> ZoneInfo:
        """The zone of times without an offset: the platform's own, else ``zone``."""
        return ZoneInfo(self.zone) if self.zone else zone


def load_profiles(own_folder: Path | None) -> list[Profile]:
    """The shipped profiles and the company's own, the own ones first.

    A profile of the company's with the name of a shipped one takes its place.

    Raises:
        SettingsError: a profile file can't be used; names the file, the key, the value and why.
    """
    own = _parsed(_texts(own_folder)) if own_folder is not None else []
    names = {profile.name for profile in own}
    shipped = resources.files("orderterm.intake").joinpath("profiles")
    texts = [
        (entry.name, entry.read_text(encoding="utf-8"))
        for entry in sorted(shipped.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    ]
    return own + [profile for profile in _parsed(texts) if profile.name not in names]


def _texts(folder: Path) -> list[tuple[str, str]]:
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    texts = []
    for file in files:
        try:
            texts.append((str(file), file.read_text(encoding="utf-8-sig")))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError("{file} can't be read: {error}", file=file, error=error) from None
    return texts


def _parsed(texts: Iterable[tuple[str, str]]) -> list[Profile]:
    profiles: dict[str, Profile] = {}
    for file, text in texts:
        profile = parse_profile(text, file)
        if profile.name in profiles:
            raise SettingsError(
                "{file}: name = {value} can't be used: another profile has this name",
                file=file,
                value=value_text(profile.name),
            )
        profiles[profile.name] = profile
    return list(profiles.values())


def parse_profile(text: str, file: str) -> Profile:
    """One profile from the TOML ``text`` of ``file``, checked.

    Raises:
        SettingsError: it can't be used; names the file, the key, the value and what is allowed.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("{file} can't be read: {error}", file=file, error=error) from None
    try:
        profile = msgspec.convert(data, Profile)
    except msgspec.ValidationError as error:
        raise _explained(error, data, file) from None
    for key, value, allowed in _faults(profile):
        raise SettingsError(
            "{file}: {key} = {value} can't be used: {why}",
            file=file,
            key=key,
            value=value_text(value),
            why=allowed,
        )
    return profile


_UNKNOWN_KEY = re.compile(r"unknown field `(\w+)`")


def _explained(error: Exception, data: dict[str, Any], file: str) -> SettingsError:
    why, _, place = str(error).partition(" - at `")
    path = place.rstrip("`").removeprefix("key in ").removeprefix("$").removeprefix(".")
    if unknown := _UNKNOWN_KEY.search(why):
        path = f"{path}.{unknown[1]}".removeprefix(".")
    return SettingsError(
        "{file}: {key} = {value} can't be used: {why}",
        file=file,
        key=path or say("the file"),
        value=_value_at(data, path),
        why=why,
    )


def _value_at(data: Any, path: str) -> str:
    for name, index in re.findall(r"(\w+)|\[(\d+)\]", path):
        data = data[int(index)] if index else data[name]
    return value_text(data)


def _faults(profile: Profile) -> Iterable[tuple[str, object, Sentence]]:
    """What the types alone can't tell: the key, its value, and what is allowed."""
    allowed = FIELDS[profile.kind]
    for name in profile.columns:
        if name not in allowed:
            yield "columns", name, say("allowed are {names}", names=allowed)
    if not profile.columns and not profile.refuse:
        yield "columns", {}, say("a profile needs columns, or refuse with the reason")
    if profile.zone and not is_zone(profile.zone):
        yield "zone", profile.zone, say("it must be a time zone such as Asia/Shanghai")
    if profile.encoding and not _is_encoding(profile.encoding):
        yield "encoding", profile.encoding, say("it must be an encoding such as cp1252")
    patterns = [("masked", profile.masked), *(("footers", text) for text in profile.footers)]
    if profile.exported:
        patterns.append(("exported.file_name", profile.exported.file_name))
    for key, pattern in patterns:
        if not _is_pattern(pattern):
            yield key, pattern, say("it must be a regular expression")
    if profile.exported and re.compile(profile.exported.file_name).groups < 1:
        why = say("it needs a group (…) around the time")
        yield "exported.file_name", profile.exported.file_name, why


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except LookupError:
        return False
    return True


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
