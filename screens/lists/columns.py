"""The columns of the queues, and how an order's state is put into words and colours."""

from datetime import datetime, timedelta

from orderterm.rules.deadlines import Urgency
from orderterm.sentences import Sentence, say
from orderterm.terms import Nature, Priority, Term
from orderterm.views.queue import Work
from screens.station import Station
from screens.widgets.work_list import Column

LETTERS = {Priority.URGENT: "E", Priority.HIGH: "H", Priority.LOW: "L"}
LAST_MINUTES = timedelta(minutes=5)


def letter(work: Work, station: Station) -> str:
    """The letter of the order's priority; a dot for the usual one."""
    return LETTERS.get(work.priority, station.marks.open)


def remaining(work: Work, station: Station) -> str:
    """The time left until the work is due, below zero when it is late."""
    if work.due_at is None:
        return ""
    if work.paused:
        return station.text(say("paused"))
    return countdown(work.due_at - station.now())


def countdown(left: timedelta) -> str:
    """Hours and minutes; days where there are many, seconds in the last minutes."""
    sign, left = ("-", -left) if left < timedelta(0) else ("", left)
    seconds = int(left.total_seconds())
    if seconds >= 100 * 3600:
        return f"{sign}{seconds // 86400}d"
    if not sign and left <= LAST_MINUTES:
        return f"{seconds // 60}'{seconds % 60:02d}"
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}"


def urgency_look(work: Work, station: Station) -> str:  # noqa: ARG001 - a column's look
    """The look of the time that is left."""
    if work.paused:
        return "faint"
    return {Urgency.OVERDUE: "overdue", Urgency.DUE_SOON: "due-soon"}.get(work.urgency, "")


def state(work: Work) -> Sentence | Term | None:
    """What is to be known of the work beside its time, in a word or two."""
    if work.exception is not None:
        return work.exception
    if work.urgency is Urgency.OVERDUE and not work.paused:
        return say("overdue")
    if work.urgency is Urgency.DUE_SOON and not work.paused:
        return say("due soon")
    return None


def note(work: Work, station: Station) -> str:
    """The last column: state, exception, whose it is, what is special."""
    words = []
    if (found := state(work)) is not None:
        words.append(station.text(found))
    if work.assignee is not None:
        words.append(f"{station.marks.arrow}{work.assignee_name}")
    if work.nature is not Nature.STANDARD:
        words.append(station.text(work.nature))
    words += [station.text(tag) for tag in work.tags]
    return " ".join(dict.fromkeys(words))  # an order's nature and a tag may be the same word


def note_look(work: Work, station: Station) -> str:
    """The look of the last column."""
    if work.exception is not None:
        return "exception"
    return urgency_look(work, station)


def clock(moment: datetime | None, station: Station) -> str:
    """A time of today as hours and minutes, another one as a day."""
    if moment is None:
        return ""
    local = moment.astimezone(station.zone)
    return f"{local:%H:%M}" if local.date() == station.now().date() else f"{local:%m-%d}"


PRIORITY = Column(None, 1, letter, look=urgency_look, keep=9)
NUMBER = Column(say("order"), 16, lambda work, _: work.number, keep=10)
CHANNEL = Column(say("channel"), 7, lambda work, _: work.channel_name, keep=4)
CUSTOMER = Column(say("customer"), 12, lambda work, _: work.customer, keep=6, grow=True)
PIECES = Column(say("pcs"), 4, lambda work, _: str(work.pieces), right=True, keep=5)
LOCATION = Column(say("shelf"), 6, lambda work, _: work.location, keep=5)
DUE = Column(say("due"), 5, lambda work, s: clock(work.due_at, s), right=True, keep=3)
LEFT = Column(say("left"), 6, remaining, look=urgency_look, right=True, keep=8)
NOTE = Column(say("note"), 14, note, look=note_look, keep=7, grow=True)
STAGE = Column(
    say("stage"),
    8,
    lambda work, s: s.text(work.stage) if work.stage else "",
    keep=6,
)
RECEIVED = Column(
    say("received"), 8, lambda work, s: clock(work.received_at, s), right=True, keep=1
)
CHANNEL_NUMBER = Column(
    say("channel's number"), 20, lambda work, _: work.channel_order_number, keep=1
)
WHO = Column(say("with"), 8, lambda work, _: work.assignee_name or "", keep=4)
ADDRESS = Column(say("address"), 20, lambda work, _: work.address, keep=1, grow=True)
EXCEPTION = Column(
    say("exception"),
    10,
    lambda work, s: s.text(work.exception) if work.exception else "",
    look=lambda *_: "exception",
    keep=7,
)

QUEUE = (
    PRIORITY,
    NUMBER,
    CHANNEL,
    CUSTOMER,
    PIECES,
    DUE,
    LEFT,
    NOTE,
    RECEIVED,
    CHANNEL_NUMBER,
)
"""The columns of a queue that needs no others."""
