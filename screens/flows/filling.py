"""Filling in fields of an order in their places: those found wrong, or those that are chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from orderterm.errors import Refusal
from orderterm.sentences import Sentence, say
from orderterm.views.order import OrderView
from screens.flows.forms import (
    Step,
    can_be_filled,
    field_name,
    parts,
    problems,
    values_of,
    walk,
)
from screens.work_screen import StepBack, WorkScreen

_NEED_A_VALUE = ("quantity", "ordered_at")
"""Columns that can't hold what they are not: they stay as they are instead."""


class Mending:
    """An order whose fields are filled in; ``changed`` are the new values by field."""

    def __init__(self, screen: WorkScreen, order: OrderView) -> None:
        self.changed: dict[str, str] = {}
        self.values = values_of(order)
        self._screen = screen

    async def ask(self, field: str, told: Sentence | None, *, back: bool) -> None:
        """Ask for a field; Enter alone leaves it as it stands.

        What is typed is verified at once, and asked for again where it can't be right.

        Args:
            field: which.
            told: what is wrong with it, as far as that is known.
            back: whether the question before can be asked for.
        """
        screen = self._screen
        while True:
            if told is not None:
                screen.answer(told, "exception")
            stands = self.values.get(field, "")
            scan = field.endswith(".sku")
            typed = await screen.ask(field_name(field), stands, blank=True, scan=scan, back=back)
            if typed == stands:
                return
            self.values[field] = typed
            told = await screen.read(lambda: self._fault(field))
            self._keep(field, typed, is_wrong=told is not None)
            if told is None:
                return

    def _fault(self, field: str) -> Sentence | None:
        found = problems(self._screen.station.workplace, self.values)
        return next((one.reason for one in found if one.field == field), None)

    def _keep(self, field: str, typed: str, *, is_wrong: bool) -> None:
        if is_wrong and parts(field)[1] in _NEED_A_VALUE:
            self.changed.pop(field, None)
        else:
            self.changed[field] = typed


async def fill_in(
    screen: WorkScreen, order: OrderView, found: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Ask for each field that was found wrong.

    Args:
        screen: where.
        order: whose fields they are.
        found: the problems as an exception keeps them: the field, and the reason in each language.

    Returns:
        The new values by field.

    Raises:
        Refusal: what is wrong can't be filled in.
    """
    language = screen.station.language
    told = {str(one["field"]): str(one[language]) for one in found}
    fields = _asked(told)
    if not fields:
        await _refuse_unless_right(screen, order)
    mending = Mending(screen, order)

    def step_at(place: int) -> Step | None:
        if place == len(fields):
            return None
        field, why = fields[place]
        return lambda back: mending.ask(field, say("{problem}", problem=told[why]), back=back)

    await walk(step_at)
    return mending.changed


async def _refuse_unless_right(screen: WorkScreen, order: OrderView) -> None:
    """What the file's reader did not understand may be right as it was taken."""
    left = await screen.read(lambda: problems(screen.station.workplace, values_of(order)))
    if left:
        raise Refusal(
            "{number}: {problems}; that can't be filled in: cancel the order and enter it anew",
            number=order.number,
            problems=[one.reason for one in left],
        )


def _asked(told: Mapping[str, str]) -> list[tuple[str, str]]:
    """The fields to ask for, each with the one that was found wrong.

    Where a line's name contradicts its SKU either may be wrong, and so the SKU is asked for first.
    """
    fields: dict[str, str] = {}
    for field in filter(can_be_filled, told):
        line, column = parts(field)
        if column in ("name", "specification"):
            fields.setdefault(f"line{line}.sku", field)
        fields[field] = field
    return list(fields.items())


async def choose_fields(screen: WorkScreen, order: OrderView, nothing: Sentence) -> dict[str, str]:
    """Let one field after another be chosen and filled in.

    Args:
        screen: where.
        order: whose fields they are.
        nothing: the entry of the list that changes nothing.

    Returns:
        The new values by field.
    """
    mending = Mending(screen, order)
    fields = sorted(filter(can_be_filled, mending.values), key=_usual_order)
    while True:
        done = say("that is all") if mending.changed else nothing
        field = await screen.choose(
            say("{number}: which field?", number=order.number),
            [(done, ""), *((field_name(one), one) for one in fields)],
            about=["", *(mending.values[one] for one in fields)],
            start=0 if mending.changed else 1,
        )
        if not field:
            return mending.changed
        try:
            await mending.ask(field, None, back=True)
        except StepBack:
            continue


def _usual_order(field: str) -> tuple[bool, int]:
    """What customers change most comes first: where it goes, who they are, how many pieces."""
    usual = ("address", "contact", "customer_name", "quantity", "sku")
    line, column = parts(field)
    return (column not in usual, usual.index(column) if column in usual else line)
