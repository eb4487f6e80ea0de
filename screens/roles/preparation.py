"""The preparation screen: fetch orders from the shelves, check their pieces by scanning them."""

from collections.abc import Sequence

from orderterm.rules.picking import Verdict, Verification
from orderterm.sentences import say
from orderterm.terms import Role
from orderterm.views.queue import Wanted
from orderterm.views.scans import Meaning
from screens.desk import Page
from screens.flows import picking
from screens.handlers import ON_LIST
from screens.lists.columns import (
    CHANNEL,
    CHANNEL_NUMBER,
    CUSTOMER,
    DUE,
    LEFT,
    LOCATION,
    NOTE,
    NUMBER,
    PIECES,
    PRIORITY,
    RECEIVED,
)
from screens.picking_desk import PickingDesk

COLUMNS = (
    PRIORITY,
    NUMBER,
    CHANNEL,
    CUSTOMER,
    PIECES,
    LOCATION,
    DUE,
    LEFT,
    NOTE,
    RECEIVED,
    CHANNEL_NUMBER,
)


class RoleDesk(PickingDesk):
    """Orders whose stock is held and that are to be fetched and packed."""

    role = Role.PREPARATION
    handlers = {**ON_LIST, **picking.HANDLERS}
    pages: Sequence[Page] = (
        Page(say("preparation"), COLUMNS, wanted=Wanted(roles=(Role.PREPARATION,))),
    )

    async def on_scan(self, meaning: Meaning) -> None:
        await self.until_free()
        if self.take_scan(meaning.code):  # a question was asked while it was looked up
            return
        if meaning.number is not None:
            await self._take_order(meaning)
        elif self.row is not None:
            await self._take_piece(meaning)
        else:
            await super().on_scan(meaning)

    async def _take_piece(self, meaning: Meaning) -> None:
        """A code that is no order's: a piece, right or wrong, of the order in hand."""
        work = self.need_row()
        verification = self.verification or await self.begin(work)
        scanned = verification.scan(meaning.code)
        is_known = meaning.kind == "sku" or scanned.verdict is not Verdict.WRONG
        if self.verification is None and not is_known:
            await super().on_scan(meaning)
            return
        self.keep(work, verification)
        self.show_scanned(scanned)

    async def _take_order(self, meaning: Meaning) -> None:
        """An order: the one in hand is finished if all of it is checked, another put in hand."""
        former, verification = self.row, self.verification
        if former is not None and verification is not None:
            if meaning.number == former.number:
                await self._finish_scanned(former.number, verification)
                return
            await self._leave_unfinished(former.number, verification, meaning)
            return
        await super().on_scan(meaning)

    async def _leave_unfinished(
        self, former: str, verification: Verification, meaning: Meaning
    ) -> None:
        await super().on_scan(meaning)
        if self.row is not None and self.row.number == meaning.number:
            self.answer(
                say(
                    "{number}; {former} stays unfinished, {counted} of {pieces} checked",
                    number=meaning.number,
                    former=former,
                    counted=sum(verification.counted.values()),
                    pieces=verification.pieces,
                ),
                "due-soon",
            )

    async def _finish_scanned(self, number: str, verification: Verification) -> None:
        work = self.need_row()
        if not verification.complete:
            self.refuse_scan(
                say(
                    "{number}: {counted} of {pieces} checked, {next} is next",
                    number=number,
                    counted=sum(verification.counted.values()),
                    pieces=verification.pieces,
                    next=verification.next,
                )
            )
        elif work.due_at is not None and not work.paused and self.station.now() > work.due_at:
            key = self.station.keys.named("order.complete").key
            self.refuse_scan(
                say("{number} is overdue: {key} asks why and finishes it", number=number, key=key)
            )
        else:
            self.run_flow(picking.finish(self, work))
