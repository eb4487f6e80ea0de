"""To whom overdue work has gone up."""

from orderterm.store.connection import transaction
from orderterm.store.tables import Staff
from orderterm.terms import ExceptionKind, Role, Stage
from orderterm.views.monitor import monitor
from orderterm.workflow import registers, stages
from orderterm.workflow.escalations import pass_clock
from tests.contract.company import Company


def risen_to(company: Company) -> list[tuple[str, ...]]:
    """Who was told last of each piece of overdue work, by a clock that has just been passed."""
    pass_clock(company.workplace)
    return [row.risen_to for row in monitor(company.workplace.settings, company.now).overdue]


def placed_under(badge: str, superior: str) -> None:
    with transaction():
        Staff.update(superior=superior).where(Staff.badge == badge).execute()


def test_it_rises_a_rung_for_each_half_limit_and_stays_at_the_top(company: Company) -> None:
    placed_under("rev", "exc")
    placed_under("exc", "boss")
    stages.claim(company.workplace, "rev", company.ordered(Stage.REVIEW))
    company.later(minutes=61)
    assert risen_to(company) == [("Exc",)]
    company.later(minutes=30)
    assert risen_to(company) == [("Boss",)]
    company.later(hours=4)
    assert risen_to(company) == [("Boss",)]


def test_who_left_is_passed_over(company: Company) -> None:
    registers.add_staff(company.workplace, "admin", "gone", "Gone", [Role.MANAGER])
    placed_under("rev", "gone")
    placed_under("gone", "boss")
    stages.claim(company.workplace, "rev", company.ordered(Stage.REVIEW))
    registers.disable_staff(company.workplace, "admin", "gone")
    company.later(minutes=61)
    assert risen_to(company) == [("Boss",)]


def test_what_nobody_has_and_exceptions_go_to_the_managers_of_the_role(company: Company) -> None:
    placed_under("rev", "boss")
    for badge, role in (("lead", Role.REVIEWER), ("chief", Role.REVIEWER), ("head", Role.FINANCE)):
        roles = [Role.MANAGER, role]
        registers.add_staff(company.workplace, "admin", badge, badge.title(), roles)
    number = company.ordered(Stage.REVIEW)
    company.trouble("exc", number, ExceptionKind.OTHER)
    company.later(days=5)
    assert risen_to(company) == [("Chief", "Lead"), ("Boss", "Chief", "Head", "Lead")]


def test_what_nobody_was_told_of_yet_has_risen_to_nobody(company: Company) -> None:
    company.order()
    company.later(minutes=61)
    (row,) = monitor(company.workplace.settings, company.now).overdue
    assert row.risen_to == ()


def test_what_nobody_reads_has_risen_further_than_time_alone_would_bring_it(
    company: Company,
) -> None:
    placed_under("prep", "exc")
    placed_under("exc", "boss")
    company.stock(A=9)
    stages.claim(company.workplace, "prep", company.ordered(Stage.PREPARATION))
    company.later(hours=4, minutes=1)
    assert risen_to(company) == [("Exc",)]
    company.later(minutes=60)  # a level by time is two hours
    assert risen_to(company) == [("Boss",)]
