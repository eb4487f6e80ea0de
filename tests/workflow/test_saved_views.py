"""Named filters: a person's own, for each role."""

import pytest

from orderterm.errors import Refusal
from orderterm.terms import Role
from orderterm.views.saved_views import saved_views
from orderterm.workflow.saved_views import LONGEST_NAME, forget, save
from orderterm.workflow.workplace import SYSTEM
from tests.contract.company import Company


def test_views_are_kept_for_each_person_and_role_sorted_by_name(company: Company) -> None:
    work = company.workplace
    save(work, "boss", Role.MANAGER, "红色", {"overdue": True})
    save(work, "boss", Role.MANAGER, "mine", {"mine": True, "channels": ["EC"]})
    save(work, "boss", Role.SALES, "mine", {})
    save(work, "prep", Role.PREPARATION, "other", {"limit": 3})
    assert list(saved_views("boss", Role.MANAGER).items()) == [
        ("mine", {"mine": True, "channels": ["EC"]}),
        ("红色", {"overdue": True}),
    ]
    assert saved_views("boss", Role.SALES) == {"mine": {}}
    assert saved_views("prep", Role.MANAGER) == {}


def test_a_view_of_the_same_name_gives_way(company: Company) -> None:
    for limit in (1, 2):
        assert save(company.workplace, "boss", Role.MANAGER, " my  view ", {"n": limit}).changed
    assert saved_views("boss", Role.MANAGER) == {"my view": {"n": 2}}


def test_a_view_is_forgotten_once(company: Company) -> None:
    work = company.workplace
    save(work, "boss", Role.MANAGER, "a", {})
    save(work, "prep", Role.MANAGER, "a", {})
    assert [forget(work, "boss", Role.MANAGER, "a").changed for _ in range(2)] == [True, False]
    assert saved_views("boss", Role.MANAGER) == {}
    assert saved_views("prep", Role.MANAGER) == {"a": {}}


@pytest.mark.parametrize("name", ["", "  \t", "x" * (LONGEST_NAME + 1)])
def test_a_name_must_fit(company: Company, name: str) -> None:
    with pytest.raises(Refusal, match="a view needs a name"):
        save(company.workplace, "boss", Role.MANAGER, name, {})


@pytest.mark.parametrize("badge", ["nobody", SYSTEM.badge])
def test_nobody_saves_for_a_badge_that_there_is_not(company: Company, badge: str) -> None:
    with pytest.raises(Refusal, match="nobody has the badge"):
        save(company.workplace, badge, Role.MANAGER, "a", {})
    with pytest.raises(Refusal, match="nobody has the badge"):
        forget(company.workplace, badge, Role.MANAGER, "a")
