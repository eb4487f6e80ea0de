"""What who has just come is told of a handover that waits for them."""

from contextlib import suppress

from peewee import PeeweeException

from orderterm.sentences import say
from orderterm.views.handover import waiting_for
from screens.work_screen import WorkScreen


async def tell_waiting(screen: WorkScreen) -> None:
    """Say who has handed over to the person that sits here, if anybody has.

    Args:
        screen: the one that the person has begun with.
    """
    station, person = screen.station, screen.station.person
    if person is None:
        return
    with suppress(PeeweeException, OSError):  # what is away is said by whoever reads
        found = await screen.read(
            lambda: waiting_for(person.badge, person.roles, station.settings, station.now())
        )
        if found and station.person == person:
            told = say(
                "{name} is signed in; {giver} has handed {role} over: {key} takes it over",
                name=person.name,
                giver=found[-1].giver,
                role=found[-1].role,
                key=station.keys.named("shift.take").key,
            )
            screen.answer(told, "accent")
