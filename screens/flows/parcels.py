"""The parcels' desk: signed for, late, and what the customer says of it all."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from orderterm.errors import Refusal
from orderterm.rules.drafts import SurveyDraft
from orderterm.sentences import say
from orderterm.terms import ExceptionKind, Stage
from orderterm.views.find import of_numbers
from orderterm.views.queue import Work
from orderterm.workflow import hearing, stages
from orderterm.workflow.details import Details
from orderterm.workflow.workplace import Outcome
from screens.flows.answers import MOST_YEARS, one_of
from screens.flows.completing import chosen_orders, complete, each_once, reason_if_late
from screens.flows.resolving import resolve
from screens.flows.steps import do_if_sure, raise_kind
from screens.station import Station
from screens.work_screen import Handler, WorkScreen

NOON = 12


async def signed(screen: WorkScreen) -> None:
    """The parcel is signed for, or the customer is satisfied; also where its carrier was late."""
    chosen = chosen_orders(screen)
    if len(chosen) > 1 or chosen[0].exception is not ExceptionKind.CARRIER_DELAY:
        await complete(screen)
        return
    await _finish_tracking(screen, chosen, Details())


async def signed_on(screen: WorkScreen) -> None:
    """The parcels were signed for some time ago, all at the same."""
    chosen = chosen_orders(screen)
    _check_alone(chosen)
    told = await screen.ask(say("signed on (days ago, 11-22, 11-22 10:30, 10:30)"))
    at = moment_before(told, screen.station)
    _check_alone(chosen, at)
    await _finish_tracking(screen, chosen, Details(signed_at=at))


def _check_alone(chosen: Sequence[Work], at: datetime | None = None) -> None:
    """Refuse a single order before more is asked; of several, each is told its own reason."""
    if len(chosen) == 1:
        _need_signable(chosen[0], at)


def _need_signable(work: Work, at: datetime | None) -> None:
    if work.stage is not Stage.TRACKING:
        raise Refusal("{number} is not on its way: nobody signs for it", number=work.number)
    if at is not None and work.shipped_at is not None and at.date() < work.shipped_at.date():
        raise Refusal(
            "{number} was shipped on {day}, and can't have been signed for before",
            number=work.number,
            day=f"{work.shipped_at:%m-%d}",
        )


async def _finish_tracking(screen: WorkScreen, chosen: list[Work], details: Details) -> None:
    station = screen.station
    reason = await _why_late(screen, chosen)

    def deed(one: Work) -> Outcome:
        if details.signed_at is not None:
            _need_signable(one, details.signed_at)
        return stages.confirm(
            station.workplace,
            station.badge,
            one.number,
            stage=Stage.TRACKING,
            reason=reason,
            details=details,
        )

    await do_if_sure(screen, chosen, deed, undoable=True)


async def _why_late(screen: WorkScreen, chosen: Sequence[Work]) -> str:
    """Why the tracking is late, where it is: a row may be of the exception, with its own time."""
    station, numbers = screen.station, [work.number for work in chosen]
    found = await screen.read(lambda: of_numbers(numbers, station.settings, station.now()))
    return await reason_if_late(screen, found)


def moment_before(text: str, station: Station) -> datetime:
    """The moment in the past that ``text`` means: days ago, 11-22, 11-22 10:30, or 10:30 today.

    A day alone means its noon, or now where that is still to come.

    Raises:
        Refusal: it is no such thing, or still to come.
    """
    now = station.now()
    found = _moment(text.strip(), now)
    if found is None:
        raise Refusal(
            "{text} is no day: type how many days ago, or 11-22, 11-22 10:30, 10:30", text=text
        )
    if found > now:
        raise Refusal("{text} is still to come; type a time that is over", text=text)
    if found.year < now.year - MOST_YEARS:
        raise Refusal("{text} is more than {years} years ago", text=text, years=MOST_YEARS)
    return found


def _moment(text: str, now: datetime) -> datetime | None:
    if text.isascii() and text.isdecimal() and len(text) <= 2:
        return _noon(now - timedelta(days=int(text)), now)
    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%m-%d", "%m-%d %H:%M", "%H:%M"):
        # The year is put before, because a 29th of February is one only in its own year.
        full = text if form.startswith("%Y") else f"{now.year} {text}"
        try:
            found = datetime.strptime(full, form if full == text else f"%Y {form}")  # noqa: DTZ007
        except ValueError:
            continue
        if form == "%H:%M":
            return datetime.combine(now.date(), found.time(), now.tzinfo)
        moment = found.replace(tzinfo=now.tzinfo)
        if not form.startswith("%Y") and moment.date() > now.date():
            moment = _a_year_before(moment, now)
        return moment if "%H" in form else _noon(moment, now)
    return None


def _a_year_before(moment: datetime, now: datetime) -> datetime:
    """In January a day of December means the one that was; nothing else is long over."""
    earlier = moment - timedelta(days=365)
    return earlier if earlier > now - timedelta(days=90) else moment


def _noon(day: datetime, now: datetime) -> datetime:
    noon = day.replace(hour=NOON, minute=0, second=0, microsecond=0)
    return now if noon.date() == now.date() else noon


# -- what is wrong --------------------------------------------------------------------------------

_KINDS = (
    ExceptionKind.CARRIER_DELAY,
    ExceptionKind.CHANGE_REQUEST,
    ExceptionKind.OTHER,
    ExceptionKind.INFORMATION,
    ExceptionKind.SHORTAGE,
)
_LATE = (
    say("no movement for days"),
    say("delivery failed"),
    say("lost on the way"),
    say("damaged on the way"),
)


async def raise_exception(screen: WorkScreen) -> None:
    """Raise an exception; at this desk it is mostly the carrier that is late."""
    chosen = each_once(screen)
    kind = await screen.choose(say("exception"), [(one, one) for one in _KINDS])
    if kind is ExceptionKind.CARRIER_DELAY:
        note = await one_of(screen, say("what is wrong?"), _LATE)
    else:
        note = await screen.ask(say("what is wrong?"))
    await raise_kind(screen, chosen, kind, note)


# -- the customer's answer ------------------------------------------------------------------------

_SCORES = (
    (say("very bad"), 1),
    (say("bad"), 2),
    (say("fair"), 3),
    (say("good"), 4),
    (say("very good"), 5),
)
_ASKED = (
    say("how fast it came"),
    say("whether it was what was ordered"),
    say("how the service was"),
)


async def survey(screen: WorkScreen) -> None:
    """Note the customer's three scores, a key each, and what they said."""
    work, station = screen.need_one(), screen.station
    speed, accuracy, service = [await screen.choose(asked, _SCORES) for asked in _ASKED]
    comment = await screen.ask(say("what the customer said (blank: nothing)"), blank=True)
    draft = SurveyDraft(work.number, speed, accuracy, service, comment)
    await screen.change(lambda: hearing.note_answer(station.workplace, station.badge, draft))
    scores = f"{speed} {accuracy} {service}"
    screen.answer(
        say("{number}: the answer is noted ({scores})", number=work.number, scores=scores), "done"
    )
    screen.refresh_soon()


HANDLERS: dict[str, Handler] = {
    "order.complete": signed,
    "order.raise": raise_exception,
    "order.resolve": resolve,
    "tracking.signed_on": signed_on,
    "confirmation.survey": survey,
}
