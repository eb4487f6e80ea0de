"""The notification pane: what a person is told of and has not acknowledged."""

from collections.abc import Sequence

from orderterm.sentences import Sentence, say
from orderterm.terms import NoticeKind
from orderterm.views.notifications import Notice, left_text, notice_text
from screens.lists.columns import clock
from screens.station import Station
from screens.terminal.cells import fit, width
from screens.widgets.canvas import Line

LOOKS = {
    NoticeKind.OVERDUE: "overdue",
    NoticeKind.DUE_SOON: "due-soon",
    NoticeKind.STOCK_OUT: "exception",
    NoticeKind.INFORMATION: "exception",
    NoticeKind.MESSAGE_FAILED: "exception",
    NoticeKind.FOLLOW_UP: "exception",
    NoticeKind.HANDOVER: "in-progress",
}

MOST_ROWS = 1000
_TITLE = say("notifications")
_NONE = say("nothing that you were not told before")


def told(notice: Notice, station: Station) -> Sentence:
    """What a notification tells; of a handover also with which key it is taken over."""
    text = notice_text(notice)
    if notice.kind is not NoticeKind.HANDOVER:
        return text
    key = station.keys.named("shift.take").key
    return say("{text}: {key} takes it over", text=text, key=key)


class NoticePane:
    """Notifications, the newest first; it is drawn over the order beside the list."""

    rows = MOST_ROWS

    def __init__(self, station: Station) -> None:
        self._station = station
        self.display = False
        self.notices: Sequence[Notice] = ()
        self._unread = 0
        self.cursor = 0

    @property
    def notice(self) -> Notice | None:
        """The notification under the cursor."""
        return self.notices[self.cursor] if self.notices else None

    def show(self, notices: Sequence[Notice], unread: int = 0) -> None:
        """Show these of the ``unread``; the cursor stays on its notification if it is there."""
        here = self.notice.id if self.notice else 0
        self.notices, self._unread = notices, max(unread, len(notices))
        places = {notice.id: place for place, notice in enumerate(notices)}
        self.cursor = places.get(here, min(self.cursor, max(0, len(notices) - 1)))

    def move(self, rows: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(self.cursor + rows, len(self.notices) - 1))

    def draw(self, columns: int, rows: int) -> Sequence[Line]:
        station = self._station
        lines: list[Line] = [[(fit(self._heading(), columns), "heading")]]
        blank: list[Line] = [[]] * (rows - 1)
        if not self.notices:
            return [*lines, [("  " + station.text(_NONE), "faint")], *blank][:rows]
        room = max(1, rows - 1)
        first = max(0, min(self.cursor - room // 2, len(self.notices) - room))
        lines += [
            self._line(notice, first + place == self.cursor, columns)
            for place, notice in enumerate(self.notices[first : first + room])
        ]
        return [*lines, *blank][:rows]

    def _heading(self) -> str:
        station = self._station
        title = f"{station.text(_TITLE)} {self._unread}"
        left = left_text(len(self.notices), self._unread)
        return f"{title}  {station.text(left)}" if left else title

    def _line(self, notice: Notice, here: bool, columns: int) -> Line:
        station = self._station
        ground = "cursor" if here else ""
        kind = station.text(notice.kind)
        at = clock(notice.raised_at, station)
        text = station.text(told(notice, station))
        room = max(0, columns - width(kind) - 10)
        return [
            (station.marks.cursor if here else " ", "accent"),
            (fit(at, 6), f"{ground} faint"),
            (f"{kind}  ", f"{ground} {LOOKS[notice.kind]}"),
            (fit(text, room), ground),
        ]
