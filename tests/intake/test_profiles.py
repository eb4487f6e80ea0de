"""Profiles: the shipped ones, a company's own, and what is wrong with a wrong one."""

from pathlib import Path

import pytest

from orderterm.errors import SettingsError
from orderterm.intake.profiles import load_profiles, parse_profile
from orderterm.intake.statuses import Statuses
from orderterm.terms import ChannelStatus, FileKind
from tests.intake.desk import Desk, wrongs

OWN = """
name = "dealer-north"
title = { zh = "北方经销商", en = "Dealer North" }
kind = "orders"
features = ["Auftrag", "Artikel", "Menge"]
zone = "Europe/Berlin"
dates = ["%d.%m.%Y"]
decimal = ","
footers = ["Summe"]

[columns]
channel_order_number = ["Auftrag"]
ordered_at = ["Datum"]
customer_name = ["Kunde"]
address = [{ join = ["Strasse", "Ort"], separator = ", " }]
sku = ["Artikel"]
quantity = ["Menge"]
unit_price = ["Preis"]

[[status]]
columns = ["Status"]
words = { offen = "open", "storn*" = "cancelled" }
"""
OWN_FILE = (
    "Auftrag;Datum;Kunde;Strasse;Ort;Artikel;Menge;Preis;Status\n"
    "7;10.09.2026;Ann;Weg 1;Kiel;BW-500;2;1.234,50;Storniert\nSumme;;;;;;2;;\n"
)


def test_shipped_profiles_cover_the_channels_and_every_kind() -> None:
    profiles = load_profiles(None)

    names = {profile.name for profile in profiles}
    assert names >= {
        "shopify",
        "woocommerce",
        "amazon-new-orders",
        "amazon-unshipped",
        "ebay",
        "taobao",
        "taobao-details",
        "jd",
        "pinduoduo",
        "douyin",
        "magento",
        "douyin-settlement",
    }
    assert {p.kind for p in profiles if p.name.startswith("orderterm-")} == set(FileKind)


def test_shipped_partners_exist() -> None:
    profiles = {profile.name: profile for profile in load_profiles(None)}

    for profile in profiles.values():
        assert not profile.partner or profiles[profile.partner].partner == profile.name


def test_a_company_adds_its_own_channel_without_code(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "north.toml").write_text(OWN, encoding="utf-8")
    profiles = load_profiles(folder)

    document = desk.read(OWN_FILE, profiles=profiles)
    order = desk.order(OWN_FILE, profiles=profiles)

    assert document.profile.name == "dealer-north"
    assert profiles[0].name == "dealer-north"
    assert (order.address, order.lines[0].unit_price) == ("Weg 1, Kiel", 123450)
    assert order.ordered_at is not None
    assert order.ordered_at.isoformat() == "2026-09-09T22:00:00+00:00"
    assert order.status is ChannelStatus.CANCELLED
    assert wrongs(order) == {}


def test_an_own_profile_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(OWN.replace("dealer-north", "shopify"), encoding="utf-8")

    (shopify,) = (p for p in load_profiles(tmp_path) if p.name == "shopify")

    assert shopify.title.en == "Dealer North"


def test_folder_that_does_not_exist_holds_no_profiles(tmp_path: Path) -> None:
    assert load_profiles(tmp_path / "none") == load_profiles(None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "orders"', 'kind = "order"', ["kind", '"order"', "Invalid enum value"]),
        ('zone = "Europe/Berlin"', 'zone = "Mars"', ["zone", '"Mars"', "Asia/Shanghai"]),
        ('decimal = ","', "comma = true", ["comma", "true", "unknown field"]),
        ('decimal = ","', 'encoding = "klingon"', ["encoding", '"klingon"', "cp1252"]),
        ('["Summe"]', '["("]', ["footers", '"("', "regular expression"]),
        ('decimal = ","', 'masked = "["', ["masked", '"["', "regular expression"]),
        (
            'decimal = ","',
            'exported = { file_name = "x" }',
            ["exported.file_name", '"x"', "a group"],
        ),
        (
            'decimal = ","',
            'exported = { file_name = "(" }',
            ["exported.file_name", '"("', "regular expression"],
        ),
        ('sku = ["Artikel"]', 'article = ["Artikel"]', ["columns", '"article"', "sku"]),
        ('offen = "open"', 'offen = "todo"', ["status[0].words", "Invalid enum value"]),
        (
            'features = ["Auftrag", "Artikel", "Menge"]',
            "features = []",
            ["features", "length >= 1"],
        ),
        ('name = "dealer-north"', 'name = "Dealer North"', ["name", '"Dealer North"']),
        ('name = "dealer-north"', "", ["the file", "missing required field `name`"]),
        ('name = "dealer-north"', "name = ", ["can't be read"]),
    ],
)
def test_wrong_profile_names_file_key_value_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, said: list[str]
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(OWN.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        load_profiles(tmp_path)

    for part in (str(file), *said):
        assert part in str(caught.value)


def test_a_profile_without_columns_must_say_why() -> None:
    text = OWN[: OWN.index("[columns]")]

    with pytest.raises(SettingsError, match="needs columns, or refuse"):
        parse_profile(text, "x.toml")
    assert parse_profile(text + 'refuse = { zh = "无订单", en = "no orders" }', "x.toml").refuse


def test_two_profiles_of_one_name_and_a_file_that_is_no_text(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(OWN, encoding="utf-8")
    with pytest.raises(SettingsError, match="another profile has this name"):
        load_profiles(tmp_path)

    (tmp_path / "a.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="can't be read"):
        load_profiles(tmp_path)


def test_longest_beginning_of_a_status_word_wins() -> None:
    text = OWN.replace(
        'words = { offen = "open", "storn*" = "cancelled" }',
        'words = { "a*" = "open", "ab*" = "shipped", "abc" = "completed", "" = "unpaid" }',
    )
    statuses = Statuses(parse_profile(text, "x.toml").status)

    told = [statuses.read((word,)).status for word in ("ax", "ABX", "a b c", "")]

    assert told == [
        ChannelStatus.OPEN,
        ChannelStatus.SHIPPED,
        ChannelStatus.COMPLETED,
        ChannelStatus.UNPAID,
    ]
    assert statuses.read(("zzz",)).ask == ("zzz",)


def test_a_single_column_may_tell_what_is_a_line(desk: Desk) -> None:
    profile = parse_profile(
        OWN.replace("[columns]", 'line_when = ["Artikel"]\n[columns]'), "x.toml"
    )

    order = desk.order("Auftrag,Artikel,Menge\n7,,3\n7,BW,2\n7,BS,1\n", profiles=[profile])

    assert [line.sku for line in order.lines] == ["BS", "BW"]
