"""The reviewer's screen: approve, send back, hold; neighbours of the same customer pointed out."""

from collections.abc import Sequence

from orderterm.sentences import say
from orderterm.terms import Role
from orderterm.views.order import OrderView
from orderterm.views.queue import Wanted
from screens.desk import Desk, Page
from screens.flows import reviewing
from screens.order_lines import brief
from screens.review_lines import Review, review, review_lines
from screens.roles.common import ON_LIST
from screens.station import Station
from screens.widgets.canvas import Line


class RoleDesk(Desk):
    """Orders that wait for review."""

    role = Role.REVIEWER
    handlers = {**ON_LIST, **reviewing.HANDLERS}  # noqa: RUF012
    pages: Sequence[Page] = (Page(say("review"), wanted=Wanted(roles=(Role.REVIEWER,))),)

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self._review: Review | None = None

    def _order_of(self, number: str) -> OrderView:
        found = super()._order_of(number)
        self._review = review(found, self.station)
        return found

    def detail_lines(self, found: OrderView, columns: int) -> Sequence[Line]:
        title, *rest = brief(found, self.station, columns)
        if self._review is None or self._review.number != found.number:
            return [title, *rest]
        return [title, *review_lines(found, self._review, self.station, columns), *rest]
