"""orderterm.toml: the defaults, what may be laid over them, and what is said of everything else."""

import json
import re
import tomllib
import typing
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orderterm.errors import SettingsError
from orderterm.faults import faults
from orderterm.outgoing import Sender
from orderterm.settings import Limit, Settings, default_text, load, parse, terminal_language
from orderterm.terms import ChannelKind

DEFAULTS = tomllib.loads(default_text())
A_KEY = (
    "can't be used: it must be a key: one character, ctrl+ and a letter but h, i, j and m, or a "
    "name such as enter, space, tab or pageup; a command that has dots stands in quotes"
)
SHIFT = {"name": "night", "start": time(22), "end": time(6), "days": ["monday"]}


def said(own: dict[str, Any]) -> str:
    """What the program says of ``own``; it must refuse it."""
    with pytest.raises(SettingsError) as refusal:
        parse(own, "home/orderterm.toml")
    return str(refusal.value)


def test_an_empty_file_gives_the_shipped_defaults() -> None:
    settings = parse({})
    assert settings.limits.review == Limit(clock="working", hours=1)
    assert settings.limits.preparation_custom == Limit(clock="working", days=3)
    assert settings.channels["DL"].kind is ChannelKind.DEALER
    assert settings.site.zone.key == "Asia/Shanghai"
    assert settings.priority.surge_factor == 3


def test_own_values_are_laid_over_the_defaults_key_by_key() -> None:
    settings = parse(
        {"site": {"name": "北仓"}, "channels": {"WX": {"name": "微信", "kind": "store"}}}
    )
    assert settings.site.name == "北仓"
    assert settings.site.currency == "CNY"
    assert {"EC", "WX"} <= settings.channels.keys()


def test_a_list_of_ones_own_replaces_the_default_list() -> None:
    assert [shift.name for shift in parse({"shifts": [SHIFT]}).shifts] == ["night"]


@pytest.mark.parametrize(
    ("own", "limit"),
    [
        ({"hours": 2}, Limit(clock="working", hours=2)),
        ({"days": 2}, Limit(clock="working", days=2)),
        ({"clock": "elapsed"}, Limit(clock="elapsed", hours=1)),
        ({"days": 1, "clock": "elapsed"}, Limit(clock="elapsed", days=1)),
    ],
)
def test_a_limit_keeps_what_its_owner_left_out(own: dict[str, Any], limit: Limit) -> None:
    assert parse({"limits": {"review": own}}).limits.review == limit


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        (
            {"language": "ZH"},
            'language = "ZH" can\'t be used: it must be one of "auto", "zh", "en"',
        ),
        (
            {"site": 3},
            "site = 3 can't be used: it must be a table that holds name, time_zone, currency",
        ),
        (
            {"site": {"currency": "yuan"}},
            'site.currency = "yuan" can\'t be used: it must be three capital letters such as CNY',
        ),
        (
            {"site": {"name": 7}},
            'site.name = 7 can\'t be used: it must be a text in "quotes"',
        ),
        (
            {"site": {"time_zone": "Mars/Base"}},
            'site.time_zone = "Mars/Base" can\'t be used: it must be a time zone such as '
            "Asia/Shanghai or Europe/Paris",
        ),
        (
            {"channels": {"EC": {"zone": "../etc"}}},
            'channels.EC.zone = "../etc" can\'t be used: it must be a time zone such as '
            "Asia/Shanghai or Europe/Paris",
        ),
        (
            {"channels": {"tm": {"name": "天猫", "kind": "ecommerce"}}},
            'channels.tm can\'t be used: "tm" must be a channel code: 2 to 4 capital letters and '
            "digits, beginning with a letter",
        ),
        (
            {"channels": {"天猫": {"name": "天猫", "kind": "ecommerce"}}},
            'channels."天猫" can\'t be used: "天猫" must be a channel code: 2 to 4 capital letters '
            "and digits, beginning with a letter",
        ),
        (
            {"channels": {"WX": {"name": "微信"}}},
            'channels.WX.kind is missing: it must be one of "ecommerce", "store", "dealer"',
        ),
        (
            {"channels": {"WX": {"name": "微信", "kind": "shop"}}},
            'channels.WX.kind = "shop" can\'t be used: it must be one of "ecommerce", "store", '
            '"dealer"',
        ),
        ({"channels": 3}, "channels = 3 can't be used: it must be a table"),
        ({"shifts": "always"}, 'shifts = "always" can\'t be used: it must be a list'),
        (
            {"shifts": [SHIFT, SHIFT | {"end": "25:00"}]},
            'shifts[2].end = "25:00" can\'t be used: it must be a time of day such as 08:00:00',
        ),
        (
            {"shifts": [SHIFT | {"start": time(8, tzinfo=UTC)}]},
            "shifts[1].start = 08:00:00+00:00 can't be used: it must be a time of day such as "
            "08:00:00",
        ),
        (
            {"shifts": [{"name": "night"}]},
            "shifts[1].start is missing: it must be a time of day such as 08:00:00",
        ),
        (
            {"shifts": []},
            "shifts holds no shift on any day, so no working hour would ever pass; "
            "add a [[shifts]] with name, start, end and days",
        ),
        (
            {"calendar": {"extra_holidays": [date(2026, 1, 2), "soon"]}},
            'calendar.extra_holidays[2] = "soon" can\'t be used: it must be a date such as '
            "2026-12-31",
        ),
        (
            {"calendar": {"closed_on_holidays": "yes"}},
            'calendar.closed_on_holidays = "yes" can\'t be used: it must be true or false',
        ),
        (
            {"calendar": {"country": "China"}},
            "calendar.country = \"China\" can't be used: it must be a country's two capital "
            'letters such as CN, or "" for no public holidays',
        ),
        (
            {"calendar": {"country": "XX"}},
            'calendar.country = "XX" can\'t be used: it must be the ISO 3166 code of a country '
            "whose public holidays are known",
        ),
        (
            {"calendar": {"country": "CN", "subdivision": "ZJ"}},
            'calendar.subdivision = "ZJ" can\'t be used: it must be "" for the whole country, for '
            "none of its parts has holidays of its own",
        ),
        (
            {"calendar": {"country": "AT", "subdivision": "ZZ"}},
            'calendar.subdivision = "ZZ" can\'t be used: it must be one of 1, 2, 3, 4, 5, 6, 7, '
            '8, 9, or "" for the whole country',
        ),
        (
            {"inbox": {"batch_orders": 0}},
            "inbox.batch_orders = 0 can't be used: it must be a whole number from 1 to 5000",
        ),
        (
            {"inbox": {"interval_seconds": True}},
            "inbox.interval_seconds = true can't be used: it must be a number of seconds above 0, "
            "at most 86400",
        ),
        (
            {"inbox": {"fallback_encoding": "latin-99"}},
            'inbox.fallback_encoding = "latin-99" can\'t be used: it must be an encoding such as '
            "cp1252 or shift_jis",
        ),
        (
            {"verification": {"custom_words": ["刻字", " "]}},
            'verification.custom_words[2] = " " can\'t be used: it must be a text in quotes that '
            "is not blank",
        ),
        (
            {"limits": {"review": {"hours": float("nan")}}},
            "limits.review.hours = nan can't be used: it must be a number of hours above 0, "
            "at most 8784",
        ),
        (
            {"limits": {"shortage": {"days": 1.5}}},
            "limits.shortage.days = 1.5 can't be used: it must be a whole number of days "
            "from 1 to 366",
        ),
        (
            {"limits": {"review": {"hours": 1, "days": 2}}},
            "limits.review has both hours = 1.0 and days = 2; keep one of them",
        ),
        (
            {"escalation": {"due_soon": {"at": [1, datetime(2026, 1, 2, tzinfo=UTC)]}}},
            "escalation.due_soon = {at = [1, 2026-01-02T00:00:00+00:00]} can't be used: it must "
            "be a number above 0 and below 1",
        ),
        (
            {"overdue_reasons": {"Too Late": {"zh": "晚", "en": "late"}}},
            'overdue_reasons."Too Late" can\'t be used: "Too Late" must be a reason code: small '
            "letters, digits and _, beginning with a letter",
        ),
        (
            {"screen": {"theme": 16}},
            'screen.theme = 16 can\'t be used: it must be one of "dark", "light", "16", "mono"',
        ),
        (
            {"screen": {"idle_minutes": -1}},
            "screen.idle_minutes = -1 can't be used: it must be a whole number of minutes from 0 "
            "to 1440, where 0 is never",
        ),
        (
            {"keys": {"Order.Complete": "c"}},
            'keys."Order.Complete" can\'t be used: "Order.Complete" must be a command, in quotes, '
            'such as "order.complete"',
        ),
        ({"keys": {"order.complete": "ctrl+m"}}, f'keys."order.complete" = "ctrl+m" {A_KEY}'),
        ({"keys": {"order.complete": "cc"}}, f'keys."order.complete" = "cc" {A_KEY}'),
        ({"keys": {"order.complete": " "}}, f'keys."order.complete" = " " {A_KEY}'),
        # What `order.complete = "c"` without quotes is in TOML.
        ({"keys": {"order": {"complete": "c"}}}, f'keys.order = {{complete = "c"}} {A_KEY}'),
        (
            {"scanner": {"prefix": "ab"}},
            'scanner.prefix = "ab" can\'t be used: it must be one character, or ctrl+ and a letter '
            'but h, i, j and m, or "" for none',
        ),
        (
            {"scanner": {"gap_milliseconds": 0}},
            "scanner.gap_milliseconds = 0 can't be used: it must be a whole number of "
            "milliseconds from 1 to 500",
        ),
        (
            {"scanner": {"minimum_length": 65}},
            "scanner.minimum_length = 65 can't be used: it must be a whole number of characters "
            "from 2 to 64",
        ),
        (
            {"printing": {"folder": " "}},
            "printing.folder = \" \" can't be used: it must be a folder's name that is not blank",
        ),
        *(
            (
                {"printing": {"command": command}},
                f"printing.command = {json.dumps(command)} can't be used: it must be a command "
                'such as lp -d labels, with every quote closed, or "" for a file',
            )
            for command in ['lp -d "labels', " ", '""', "lp\0"]
        ),
        (
            {"limits": {"review": {"hour": 2}}},
            "limits.review.hour = 2: there is no such setting; did you mean limits.review.hours?",
        ),
        (
            {"allocation": {"zzz": 1}},
            "allocation.zzz = 1: there is no such setting; [allocation] may hold partial",
        ),
        (
            {"zzz": 1},
            "zzz = 1: there is no such setting; the file may hold "
            + ", ".join(Settings.__struct_fields__),
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_value_and_what_is_allowed(
    own: dict[str, Any], sentence: str
) -> None:
    assert said(own) == f"home/orderterm.toml: {sentence}"


@pytest.mark.parametrize("key", ["c", "C", "?", "]", "é", "ctrl+q", "space", "shift+tab", "f12"])
def test_a_command_may_have_a_key_of_ones_own(key: str) -> None:
    assert parse({"keys": {"order.complete": key}}).keys == {"order.complete": key}


@pytest.mark.parametrize("prefix", ["", "~", "ctrl+b"])
def test_a_scanner_may_have_a_prefix(prefix: str) -> None:
    assert parse({"scanner": {"prefix": prefix}}).scanner.prefix == prefix


def test_a_slip_may_go_to_a_command() -> None:
    command = "lp -d 'the labels'"
    assert parse({"printing": {"command": command}}).printing.command == command


ADDRESS = "https://qyapi.example.com/send?key=0a1b2c3d"


@pytest.mark.parametrize(
    "own",
    [
        {"senders": {"w": {"kind": "wecom", "url": ADDRESS}}},
        {"senders": {"d": {"kind": "dingtalk", "url": "env:URL", "secret": ADDRESS}}},
        {"senders": {"w": {"kind": "wecom", "url": "env:URL", "token": ADDRESS}}},
        {"senders": {"w": ADDRESS}},
        {"senders": [ADDRESS]},
        {"sender": {"w": {"kind": "wecom", "url": ADDRESS}}},
        {"kuaidi100": {"key": ADDRESS}},
        {"kuaidi100": {"secret": ADDRESS}},
        {"kuaidi100": ADDRESS},
    ],
)
def test_a_secret_that_stands_in_the_file_itself_is_not_told(own: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as raised:
        parse(own)
    assert "***" in str(raised.value)
    assert "0a1b2c3d" not in str(raised.value)


def test_every_fault_of_a_table_can_be_told() -> None:
    wrong = {"site": 3, "channels": 4, "shifts": [5, 6], "language": "zh", "zzz": 7}
    places = [str(fault).split(" = ")[0] for fault in faults(DEFAULTS | wrong, Settings)]
    assert places == ["site", "shifts[1]", "shifts[2]", "channels", "zzz"]


def test_a_week_without_a_working_day_is_refused() -> None:
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    assert "leaves at least one day" in said({"calendar": {"weekend": days}})


def test_a_huge_value_is_cut_short() -> None:
    assert len(said({"inbox": {"batch_orders": 10**5000}})) < 250
    assert len(said({"language": "x" * 5000})) < 250


@pytest.mark.parametrize(
    "calendar",
    [
        {"country": ""},
        {"country": "", "subdivision": "BY"},
        {"country": "DE", "subdivision": "BY"},
        {"country": "FR"},
    ],
)
def test_other_countries_may_be_set(calendar: dict[str, str]) -> None:
    assert parse({"calendar": calendar}).calendar.country == calendar["country"]


def test_a_home_without_the_file_has_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == parse({})


def test_the_shipped_file_read_as_a_homes_own_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "orderterm.toml").write_text(default_text(), encoding="utf-8-sig")
    assert load(tmp_path) == parse({})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"language = zh", "is not valid TOML: Invalid value (at line 1, column 12)"),
        (b'language = "\xff"', "can't be read: save it as UTF-8"),
        (b"x = " + b"[" * 100_000, "can't be read: it is nested too deeply"),
        (b"x = " + b"9" * 5000, "is not valid TOML: "),
    ],
)
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "orderterm.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as refusal:
        load(tmp_path)
    assert str(refusal.value).startswith(f"{file} {reason}")


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "orderterm.toml").mkdir()
    with pytest.raises(SettingsError, match=r"orderterm\.toml can't be read: Is a directory"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
    ],
)
def test_the_language_follows_the_locale(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LANG")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal_language(parse({})) == terminal_language() == language


def test_the_language_setting_wins_over_the_locale() -> None:
    assert terminal_language(parse({"language": "zh"})) == "zh"


def test_the_shipped_file_holds_every_setting() -> None:
    """A key that no Struct knows is refused by ``parse``; this is the other direction."""
    optional = {"profile", "zone", "hours", "days"}  # one of a choice, or said in a comment
    missing = {name for name in _settings_names(Settings) if f"{name} = " not in default_text()}
    tables = {name for name in missing if re.search(rf"\[\w*\.?{name}\b", default_text())}
    assert missing - tables <= optional
    assert all(name in default_text() for name in optional)


def test_the_keys_of_each_kind_of_sender_are_in_the_manual() -> None:
    page = (Path(__file__).parents[1] / "docs/messages.md").read_text("utf-8")
    manual = page + default_text()
    for kind in typing.get_args(Sender):
        tag = kind.__struct_config__.tag
        assert f"`{tag}`" in manual or f'kind = "{tag}"' in manual
        assert all(_is_named(name, manual) for name in _settings_names(kind))


def _is_named(key: str, manual: str) -> bool:
    return any(form in manual for form in (f"{key} = ", f"`{key}`", f".{key}]"))


def _settings_names(kind: Any) -> Iterator[str]:
    if kind == Sender:
        return  # the manual has their keys
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for field in msgspec.structs.fields(kind):
            yield field.encode_name
            yield from _settings_names(field.type)
    else:
        for part in typing.get_args(kind):
            yield from _settings_names(part)


def _places(table: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something can be put: every key and position of the defaults, and one key more."""
    keys = range(len(table)) if isinstance(table, list) else table
    for key in keys:
        yield (*place, key)
        if isinstance(table[key], dict | list):
            yield from _places(table[key], (*place, key))
    if isinstance(table, dict):
        yield (*place, "unheard_of")


def _with(table: Any, place: tuple[Any, ...], value: object) -> Any:
    if not place:
        return value
    key, *rest = place
    copy = list(table) if isinstance(table, list) else dict(table)
    below = copy[key] if isinstance(copy, list) or key in copy else {}
    copy[key] = _with(below, tuple(rest), value)
    return copy


_TEXTS = st.text(st.characters(codec="utf-8"))  # TOML has no lone surrogate
_SCALARS = (
    st.booleans()
    | st.integers()
    | st.floats()
    | _TEXTS
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.none() | st.just(UTC))
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=5,
)


@given(place=st.sampled_from([*_places(DEFAULTS)]), value=_VALUES)
@example(place=("limits", "review", "hours"), value=10**400)
@example(place=("site", "time_zone"), value="a\0b")
@example(place=("site", "time_zone"), value="Asia")
@example(place=("inbox", "fallback_encoding"), value="undefined")
@example(place=("inbox", "fallback_encoding"), value="base64")
def test_whatever_stands_in_the_file_there_are_settings_or_a_sentence(
    place: tuple[Any, ...], value: object
) -> None:
    try:
        settings = parse(_with(DEFAULTS, place, value))
    except SettingsError as refusal:
        assert str(refusal).startswith("orderterm.toml: ")  # noqa: PT017
    else:
        assert isinstance(settings, Settings)
