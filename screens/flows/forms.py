"""Forms: several questions after one another, with a way back to the one before."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from orderterm.errors import Refusal
from orderterm.rules import verification
from orderterm.rules.drafts import LineDraft, OrderDraft, Problem
from orderterm.sentences import Sentence, say
from orderterm.store.connection import snapshot
from orderterm.views.order import OrderView
from orderterm.views.scans import meaning
from orderterm.workflow.content import catalogue
from orderterm.workflow.workplace import Workplace
from screens.flows.answers import day_at, one_of
from screens.work_screen import StepBack, WorkScreen

Step = Callable[[bool], Awaitable[None]]
"""A question of a form; it is told whether the one before can be asked for."""


async def walk(step_at: Callable[[int], Step | None]) -> None:
    """Take the steps of a form in order, one back where that is asked for.

    Args:
        step_at: the step at a place counted from 0, None after the last one. What is answered may
            change the steps that follow.

    Raises:
        GivenUp: no answer is wanted.
    """
    place = 0
    while (step := step_at(place)) is not None:
        try:
            await step(place > 0)
        except StepBack:
            place -= 1
        else:
            place += 1


class Form:
    """Answers by name, asked for one after another; what can't be right is asked for again."""

    def __init__(self, screen: WorkScreen) -> None:
        self.screen = screen
        self.answers: dict[str, Any] = {}
        self._typed: dict[str, str] = {}

    async def fill(self, *steps: Step) -> dict[str, Any]:
        """Take the steps; returns all answers."""
        await walk(lambda place: steps[place] if place < len(steps) else None)
        return self.answers

    def word(
        self,
        name: str,
        question: Sentence,
        default: str = "",
        *,
        blank: bool = False,
        scan: bool = False,
        read: Callable[[str], Any] = str,
    ) -> Step:
        """A word that is typed or scanned.

        Args:
            name: of the answer.
            question: what is asked.
            default: what stands in the field.
            blank: whether nothing is an answer too.
            scan: whether a scan may answer.
            read: what the word means; raises a ``Refusal`` where it means nothing. It may look
                into the database.
        """

        async def step(back: bool) -> None:
            while True:
                typed = await self.screen.ask(
                    question, self._typed.get(name, default), blank=blank, scan=scan, back=back
                )
                self._typed[name] = typed
                try:
                    self.answers[name] = await self.screen.read(partial(read, typed))
                    return
                except Refusal as refusal:
                    self.screen.answer(refusal.sentence, "refused")

        return step

    def day(self, name: str, question: Sentence) -> Step:
        """A day that is still to come."""
        return self.word(name, question, read=lambda text: day_at(text, self.screen.station))

    def choice(self, name: str, title: Sentence, words: Sequence[Sentence]) -> Step:
        """One of the usual words, or others."""

        async def step(back: bool) -> None:  # noqa: ARG001 - a list has no way back
            self.answers[name] = await one_of(self.screen, title, words)

        return step


# -- articles -------------------------------------------------------------------------------------


def article(code: str) -> verification.Product:
    """The article of the catalogue that a typed or scanned code means, in whichever letters.

    Raises:
        Refusal: there is none.
    """
    with snapshot():
        found = meaning(code)
        sku = found.code if found.kind == "sku" else code
        product = catalogue({sku}).get(sku)
    if product is None:
        raise Refusal("{sku} is not in the catalogue; scan or type another SKU", sku=code)
    return product


# -- an order as the fields of a form -------------------------------------------------------------

FIELDS = {
    "customer_name": say("customer"),
    "contact": say("contact"),
    "address": say("address"),
    "ordered_at": say("ordered"),
    "special_request": say("special request"),
    "note": say("note"),
}
"""The fields of an order that a person can fill in."""

LINE_FIELDS = {
    "sku": say("SKU"),
    "name": say("name"),
    "specification": say("specification"),
    "quantity": say("pieces"),
}
"""The fields of each of its lines."""


def field_name(field: str) -> Sentence:
    """What a field is called; of a line's, which line."""
    line, column = parts(field)
    if not line:
        return FIELDS.get(column, say("{field}", field=column))
    name = LINE_FIELDS.get(column, say("{field}", field=column))
    return say("line {line}: {name}", line=line, name=name)


def parts(field: str) -> tuple[int, str]:
    """The line of ``line2.sku`` and its column; line 0 for a field of the order."""
    line, _, column = field.rpartition(".")
    number = line.removeprefix("line")
    return (int(number) if number.isdecimal() else 0), column


def can_be_filled(field: str) -> bool:
    """Whether a person can fill the field in."""
    line, column = parts(field)
    return column in (LINE_FIELDS if line else FIELDS)


def values_of(order: OrderView) -> dict[str, str]:
    """What stands in each field of an order."""
    when = order.ordered_at
    values = {
        "customer_name": order.customer.name,
        "contact": order.customer.contact,
        "address": order.customer.address,
        "ordered_at": "" if when is None else f"{when:%Y-%m-%d %H:%M}",
        "special_request": order.special_request,
        "note": order.note,
    }
    for place, line in enumerate(order.lines, start=1):
        for column in LINE_FIELDS:
            value = getattr(line, column)
            values[f"line{place}.{column}"] = "" if value is None else str(value)
    return values


def draft_of(values: Mapping[str, str]) -> OrderDraft:
    """The order that the fields make."""
    lines = max((parts(field)[0] for field in values), default=0)
    return OrderDraft(
        ordered_at=_moment(values.get("ordered_at", "")),
        customer_name=values.get("customer_name", ""),
        contact=values.get("contact", ""),
        address=values.get("address", ""),
        special_request=values.get("special_request", ""),
        note=values.get("note", ""),
        lines=[_line(values, place) for place in range(1, lines + 1)],
    )


def _line(values: Mapping[str, str], place: int) -> LineDraft:
    sku, name, specification, quantity = (
        values.get(f"line{place}.{column}", "") for column in LINE_FIELDS
    )
    pieces = int(quantity) if quantity.isdecimal() and len(quantity) < 10 else None
    return LineDraft(sku, name, specification, pieces)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def problems(workplace: Workplace, values: Mapping[str, str]) -> list[Problem]:
    """What verification would find wrong with the order that the fields make."""
    draft = draft_of(values)
    with snapshot():
        known = catalogue({line.sku for line in draft.lines})
    return verification.verify(draft, known, workplace.verification)
