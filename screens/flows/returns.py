"""Receiving what comes back: how much of it goes on the shelf again, and how much is scrapped."""

from orderterm.errors import Refusal
from orderterm.intake.values import MAX_STOCK, whole_number
from orderterm.sentences import Sentence, say
from orderterm.views.queue import Work
from orderterm.views.returns import announced
from orderterm.workflow.details import Details
from screens.work_screen import StepBack, WorkScreen


def pieces(text: str) -> int:
    """A number of pieces that was typed.

    Raises:
        Refusal: it is none.
    """
    found = whole_number(text)
    if found is None or found < 0:
        raise Refusal("{text} is no number of pieces: type it in digits, as 12", text=text)
    if found > MAX_STOCK:
        raise Refusal(
            "the quantity {value} is more than {limit} pieces", value=found, limit=MAX_STOCK
        )
    return found


async def inspection(screen: WorkScreen, work: Work) -> Details:
    """Ask of each SKU what becomes of it; Enter alone puts all of it back on the shelf."""
    expected = await screen.read(lambda: announced(work.number))
    skus, place = list(expected), 0
    restock: dict[str, int] = {}
    scrap: dict[str, int] = {}
    while place < len(skus):
        sku = skus[place]
        try:
            restock[sku] = await _good(screen, sku, expected[sku], back=place > 0)
            scrap[sku] = await _bad(screen, sku, expected[sku] - restock[sku])
        except StepBack:
            # From the second question of a SKU back to its first, from there to the SKU before.
            place -= sku not in restock
            restock.pop(skus[place], None)
        else:
            place += 1
    return Details(restock=restock, scrap=scrap)


async def _good(screen: WorkScreen, sku: str, expected: int, *, back: bool) -> int:
    question = say("{sku} × {pieces}: back on the shelf", sku=sku, pieces=expected)
    return await _ask_pieces(screen, question, expected, back=back)


async def _bad(screen: WorkScreen, sku: str, rest: int) -> int:
    """What did not come back whole; not asked where all of it did."""
    if rest <= 0:
        return 0
    question = say("{sku}: scrapped, of {pieces} left", sku=sku, pieces=rest)
    return await _ask_pieces(screen, question, rest, back=True)


async def _ask_pieces(screen: WorkScreen, question: Sentence, default: int, *, back: bool) -> int:
    """Ask until it is a number: what was answered for other SKUs is not to be lost."""
    while True:
        try:
            return pieces(await screen.ask(question, str(default), back=back))
        except Refusal as refusal:
            screen.answer(refusal.sentence, "refused")
