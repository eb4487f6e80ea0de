"""The table of keys: no key means two things in one place, and everything in it is done."""

from itertools import combinations
from pathlib import Path

import pytest

from orderterm.errors import SettingsError
from orderterm.terms import Role
from screens import cheat_sheet
from screens.commands import COMMANDS, EVERYWHERE, LIST, MONITOR, NOTICES, ORDER, PICKING, Keys
from screens.handlers import Later
from screens.order_screen import ON_PAGE
from screens.roles import desk_class

ROLES = [role.value for role in Role]
PLACES = [LIST, ORDER, NOTICES, PICKING, MONITOR, EVERYWHERE, *ROLES]
PAGE = Path(__file__).parents[2] / "docs" / "keys.md"


def test_every_command_has_a_known_place_and_an_id_of_its_own() -> None:
    ids = [command.id for command in COMMANDS]
    assert len(ids) == len(set(ids)) > 40
    for command in COMMANDS:
        assert set(command.places) <= set(PLACES), command.id
        assert command.places, command.id


@pytest.mark.parametrize("role", Role)
def test_no_key_means_two_things_at_a_desk(role: Role) -> None:
    here = [one for one in COMMANDS if {role.value, LIST, EVERYWHERE} & set(one.places)]
    for one, other in combinations(here, 2):
        assert one.key != other.key, (one.id, other.id)


@pytest.mark.parametrize("place", [ORDER, NOTICES, MONITOR])
def test_no_key_means_two_things_elsewhere(place: str) -> None:
    here = [one for one in COMMANDS if {place, EVERYWHERE} & set(one.places)]
    for one, other in combinations(here, 2):
        assert one.key != other.key, (one.id, other.id)


@pytest.mark.parametrize("role", Role)
def test_a_desk_does_what_its_keys_promise(role: Role) -> None:
    places = {role.value, LIST, NOTICES, EVERYWHERE}
    promised = {one.id for one in COMMANDS if places & set(one.places)}
    assert promised - desk_class(role).handlers.keys() == set()


@pytest.mark.parametrize("role", Role)
def test_what_is_loaded_later_is_there(role: Role) -> None:
    for handler in desk_class(role).handlers.values():
        assert callable(handler.found() if isinstance(handler, Later) else handler)


@pytest.mark.parametrize("role", Role)
def test_an_orders_page_does_what_its_keys_promise(role: Role) -> None:
    here = [one for one in COMMANDS if {ORDER, EVERYWHERE} & set(one.places)]
    here += [one for one in COMMANDS if role.value in one.places and one.on_order]
    promised = {one.id for one in here}
    assert promised - {*desk_class(role).handlers, *ON_PAGE} == set()
    assert len({one.key for one in here}) == len(here)


def test_no_command_needs_a_key_that_terminals_lose() -> None:
    for command in COMMANDS:
        assert command.key != "escape"
        assert not command.key.startswith("f") or len(command.key) == 1


def test_settings_give_a_command_another_key() -> None:
    keys = Keys({"order.complete": "z", "stock.count": "K"})
    assert keys.named("order.complete").key == "z"
    assert keys.at([LIST])["z"].id == "order.complete"


def test_an_unknown_command_in_the_settings_is_named() -> None:
    with pytest.raises(SettingsError, match=r"keys has no command order\.finish"):
        Keys({"order.finish": "k"})


def test_two_commands_of_one_place_may_not_share_a_key() -> None:
    with pytest.raises(SettingsError, match=r"order\.complete"):
        Keys({"order.complete": "x"})
    with pytest.raises(SettingsError, match=r"app\.help"):
        Keys({"review.send_back": "?"})
    with pytest.raises(SettingsError, match=r"order\.next"):
        Keys({"review.send_back": "]"})


def test_commands_of_different_roles_may_share_a_key() -> None:
    assert Keys({"review.send_back": "p"}).named("review.send_back").key == "p"


def test_the_page_of_keys_is_fresh() -> None:
    made = "\n".join(cheat_sheet.lines()) + "\n"
    assert PAGE.read_text(encoding="utf-8") == made, "run `make keys`"
