"""The reviewer's screen: approve, send back, hold; neighbours of the same customer pointed out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from orderterm.sentences import say
from orderterm.terms import Role
from orderterm.views.order import OrderView
from orderterm.views.queue import Wanted
from screens.desk import Desk, Page
from screens.details.order_lines import brief
from screens.handlers import ON_LIST, Later
from screens.station import Station
from screens.widgets.canvas import Line

if TYPE_CHECKING:
    from screens.details.review_lines import Review


class RoleDesk(Desk):
    """Orders that wait for review."""

    role = Role.REVIEWER
    handlers = {**ON_LIST, "review.send_back": Later("screens.flows.reviewing", "send_back")}
    pages: Sequence[Page] = (Page(say("review"), wanted=Wanted(roles=(Role.REVIEWER,))),)

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self._review: Review | None = None

    def _order_of(self, number: str) -> OrderView:
        from screens.details.review_lines import (
            review,  # when the list is on the screen, not before
        )

        found = super()._order_of(number)
        self._review = review(found, self.station)
        return found

    def detail_lines(self, found: OrderView, columns: int) -> Sequence[Line]:
        if self._review is None or self._review.number != found.number:
            return brief(found, self.station, columns)
        from screens.details.review_lines import review_lines

        # What the customer asks for stands above, with what was found.
        title, *rest = brief(structs.replace(found, special_request=""), self.station, columns)
        return [title, *review_lines(found, self._review, self.station, columns), *rest]
