"""To whom overdue work has gone up."""

from orderterm.store.connection import transaction
from orderterm.store.tables import Staff
from orderterm.terms import ExceptionKind, Role, Stage
from orderterm.views.monitor import monitor
from orderterm.workflow import registers, stages
from tests.contract.company import Company


def risen_to(company: Company) -> list[str]:
    return [row.risen_to for row in monitor(company.workplace.settings, company.now).overdue]


def placed_under(badge: str, superior: str) -> None:
    with transaction():
        Staff.update(superior=superior).where(Staff.badge == badge).execute()


def test_it_rises_a_rung_for_each_half_limit_and_stays_at_the_top(company: Company) -> None:
    placed_under("rev", "exc")
    placed_under("exc", "boss")
    stages.claim(company.workplace, "rev", company.ordered(Stage.REVIEW))
    company.later(minutes=61)
    assert risen_to(company) == ["Exc"]
    company.later(minutes=30)
    assert risen_to(company) == ["Boss"]
    company.later(hours=4)
    assert risen_to(company) == ["Boss"]


def test_who_left_is_passed_over(company: Company) -> None:
    registers.add_staff(company.workplace, "admin", "gone", "Gone", [Role.MANAGER])
    placed_under("rev", "gone")
    placed_under("gone", "boss")
    stages.claim(company.workplace, "rev", company.ordered(Stage.REVIEW))
    registers.disable_staff(company.workplace, "admin", "gone")
    company.later(minutes=61)
    assert risen_to(company) == ["Boss"]


def test_what_nobody_has_and_exceptions_go_to_the_managers(company: Company) -> None:
    placed_under("rev", "boss")
    number = company.ordered(Stage.REVIEW)
    company.trouble("exc", number, ExceptionKind.OTHER)
    company.later(days=5)
    assert risen_to(company) == ["", ""]
