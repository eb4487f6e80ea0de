"""The staff: somebody comes, somebody leaves."""

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action
from orderterm.sentences import Sentence, say
from orderterm.terms import Role
from orderterm.views.staff import staff
from orderterm.workflow import registers
from screens.desk import Desk
from screens.flows.permitted import demand
from screens.lists.staff_rows import PersonOnStaff
from screens.work_screen import Handler, WorkScreen


async def add(screen: WorkScreen) -> None:
    """Put a person on the staff."""
    demand(screen, Action.STAFF)
    station = screen.station
    badge = await screen.ask(say("badge of the new person"), scan=True)
    name = await screen.ask(say("name of {badge}", badge=badge))
    roles = await _roles(screen)
    superior = await _superior(screen, name)
    outcome = await screen.change(
        lambda: registers.add_staff(station.workplace, station.badge, badge, name, roles, superior)
    )
    screen.answer(outcome.sentence, "done")
    screen.refresh_soon()


async def _roles(screen: WorkScreen) -> list[Role]:
    """The roles, a key each, which takes one back as well; Enter ends it once there is one."""
    chosen: list[Role] = []
    while True:
        end: list[tuple[Sentence, Role | None]] = []
        if chosen:
            end = [(say("that is all: {roles}", roles=chosen), None)]
        done = screen.station.marks.done
        role = await screen.choose(
            say("which roles?"),
            [*((one, one) for one in Role), *end],
            about=[done if one in chosen else "" for one in Role],
            start=len(Role) if chosen else 0,
        )
        if role is None:
            return chosen
        chosen = [one for one in Role if (one in chosen) is not (one is role)]


async def _superior(screen: WorkScreen, name: str) -> str | None:
    """To whom the person's overdue work goes up; None for nobody."""
    station = screen.station
    people = await screen.read(lambda: staff(station.settings))
    here = [one for one in people if one.disabled_at is None]
    return await screen.choose(
        say("superior of {name}", name=name),
        [(say("nobody"), None), *((one.name, one.badge) for one in here)],
        about=["", *(one.badge for one in here)],
        by_name=True,
    )


async def disable(desk: Desk) -> None:
    """Let the person in hand or marked act no more."""
    demand(desk, Action.STAFF)
    row, station = desk.one_of(PersonOnStaff), desk.station
    if row is None:
        raise Refusal("nobody is in hand here: the page of the staff shows everybody")
    leaver = row.person
    if leaver.disabled_at is not None:
        raise Refusal("{name} is disabled already", name=leaver.name)
    if leaver.badge == station.badge:
        raise Refusal("you can't disable yourself: another administrator can")
    await desk.sure(say("disable {name} ({badge})?", name=leaver.name, badge=leaver.badge))
    outcome = await desk.change(
        lambda: registers.disable_staff(station.workplace, station.badge, leaver.badge)
    )
    desk.answer(outcome.sentence, "done")
    desk.refresh_soon()


HANDLERS: dict[str, Handler] = {"staff.add": add, "staff.disable": disable}
