"""Who signs in, and who may do a stage."""

import pytest

from orderterm.errors import Refusal
from orderterm.terms import Role, Stage
from orderterm.views.staff import Signed, colleagues, sign_in
from orderterm.workflow import registers
from tests.contract.company import WORKER, Company


def test_who_signs_in(company: Company) -> None:
    roles = [Role.TRACKING, Role.SALES]
    registers.add_staff(company.workplace, "admin", "two", "李四", roles, "boss")
    assert sign_in("two") == Signed("two", "李四", (Role.SALES, Role.TRACKING), "boss")
    assert sign_in("boss").superior is None


def test_nobody_else_signs_in(company: Company) -> None:
    registers.disable_staff(company.workplace, "admin", "prep")
    for badge, why in (
        ("nobody", "nobody has the badge nobody"),
        ("", "nobody has the badge"),
        ("orderterm", "nobody has the badge orderterm"),
        ("prep", r"Prep \(prep\) is disabled"),
    ):
        with pytest.raises(Refusal, match=why):
            sign_in(badge)


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("stage", Stage)
def test_colleagues_are_those_whose_stage_it_is(stage: Stage) -> None:
    found = [one.badge for one in colleagues(stage)]
    assert found == sorted({"admin", "boss", WORKER[stage]})


def test_who_has_left_is_no_colleague(company: Company) -> None:
    registers.disable_staff(company.workplace, "admin", "prep")
    assert [one.badge for one in colleagues(Stage.PREPARATION)] == ["admin", "boss"]
