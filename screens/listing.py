"""What can be done with a list: mark, find, narrow, keep a view of it, and go elsewhere."""

from typing import Any

import msgspec

from orderterm.errors import Refusal
from orderterm.sentences import say
from orderterm.terms import NoticeKind, Priority
from orderterm.views.find import find
from orderterm.views.queue import Wanted
from orderterm.views.saved_views import saved_views
from orderterm.workflow import notifications
from orderterm.workflow import saved_views as saving
from screens.desk import Desk
from screens.flows.handover import read_sheet


async def mark(desk: Desk) -> None:
    """Mark the row in hand, and go to the next one."""
    desk.window.mark()
    desk.window.move(1)
    desk.list.redraw()
    desk.rest()
    if desk.window.marks:
        desk.answer(say("{count} marked", count=len(desk.window.marks)))
    await desk.read_more()


async def mark_all(desk: Desk) -> None:
    """Mark every row in hand; where all are marked, none."""
    window = desk.window
    rows = [row for row in window.rows if row.key not in window.gone]
    if all(row.key in window.marks for row in rows):
        window.marks.clear()
    else:
        window.marks.update({row.key: row for row in rows})
    desk.list.redraw()
    desk.answer(say("{count} marked", count=len(window.marks)))


async def refresh(desk: Desk) -> None:
    """Take in what has changed, also what nobody has been told of yet."""
    await desk.look_again()
    desk.merge()


async def turn_page(desk: Desk) -> None:
    """The next list of the screen."""
    pages = list(desk.pages)
    place = pages.index(desk.page) if desk.page in pages else -1
    following = pages[(place + 1) % len(pages)]
    desk.found = None
    desk.answer("")
    await desk.open_page(following)


async def look_up(desk: Desk) -> None:
    """Find orders by what a person knows of them."""
    words = await desk.ask(say("find"), blank=True)
    if not words:
        if desk.found is not None:
            await desk.show_whole()
        return
    station = desk.station
    found = await desk.read(lambda: find(words, station.settings, station.now()))
    if not found:
        desk.answer(say("nothing is found for {words}", words=words), "refused")
        return
    await desk.show_found(found)
    desk.answer(say("{count} found; esc shows the list again", count=len(found)), "done")


async def narrow(desk: Desk) -> None:
    """Show only some of the list."""
    _need_queue(desk)
    now = desk.narrowed
    which = await desk.choose(
        say("show only"),
        [
            (say("mine"), "mine"),
            (say("overdue"), "overdue"),
            (say("exceptions"), "excepted"),
            (say("one channel"), "channel"),
            (say("one priority"), "priority"),
            (say("everything"), ""),
        ],
    )
    if which == "mine":
        now = msgspec.structs.replace(now, mine=None if now.mine else desk.station.badge)
    elif which in ("overdue", "excepted"):
        now = msgspec.structs.replace(now, **{which: not getattr(now, which)})
    elif which == "channel":
        now = msgspec.structs.replace(now, channel=await _channel(desk))
    elif which == "priority":
        chosen = await desk.choose(say("priority"), [(one, one) for one in Priority])
        now = msgspec.structs.replace(now, priority=chosen)
    else:
        now = Wanted()
    await _show_narrowed(desk, now)


def _need_queue(desk: Desk) -> None:
    if desk.page.read is not None:
        raise Refusal("this list is shown whole: only queues of orders can be narrowed")


async def _channel(desk: Desk) -> str:
    channels = desk.station.settings.channels
    return await desk.choose(say("channel"), [(one.name, code) for code, one in channels.items()])


async def _show_narrowed(desk: Desk, narrowed: Wanted) -> None:
    desk.found = None
    desk.narrowed = narrowed
    await desk.open_page(desk.page)
    desk.show_status()


_SAVE, _FORGET = "save", "forget"


async def views(desk: Desk) -> None:
    """Take a saved view of this list, save this one, or forget one."""
    _need_queue(desk)
    badge, role = desk.station.badge, desk.role
    kept = await desk.read(lambda: saved_views(badge, role))
    entries: list[tuple[Any, tuple[str, str]]] = [(name, ("take", name)) for name in kept]
    entries.append((say("save this view"), (_SAVE, "")))
    if kept:
        entries.append((say("forget a view"), (_FORGET, "")))
    what, name = await desk.choose(say("views"), entries)
    if what == _SAVE:
        await _save_view(desk)
    elif what == _FORGET:
        gone = await desk.choose(say("forget"), [(one, one) for one in kept])
        await desk.change(lambda: saving.forget(desk.station.workplace, badge, role, gone))
        desk.answer(say("the view {name} is forgotten", name=gone), "done")
    else:
        await _show_narrowed(desk, _wanted_of(kept[name], badge))


async def _save_view(desk: Desk) -> None:
    name = await desk.ask(say("name of the view"))
    narrowed = desk.narrowed
    filter_ = {
        "channel": narrowed.channel,
        "priority": narrowed.priority.value if narrowed.priority else None,
        "overdue": narrowed.overdue,
        "excepted": narrowed.excepted,
        "mine": bool(narrowed.mine),
    }
    badge, role = desk.station.badge, desk.role
    await desk.change(lambda: saving.save(desk.station.workplace, badge, role, name, filter_))
    desk.answer(say("saved as {name}", name=name), "done")


def _wanted_of(kept: dict[str, Any], badge: str) -> Wanted:
    priority = kept.get("priority")
    return Wanted(
        channel=kept.get("channel"),
        priority=Priority(priority) if priority else None,
        overdue=bool(kept.get("overdue")),
        excepted=bool(kept.get("excepted")),
        mine=badge if kept.get("mine") else None,
    )


async def show_notices(desk: Desk) -> None:
    """Open or close the notifications."""
    pane = desk.notices
    if pane.display:
        desk.close_notices()
    else:
        await desk.read_notices()
        pane.display = True
        desk.show_notice()
    desk.show_keys()


async def go_to_its_order(desk: Desk) -> None:
    """Go to the order that the notification under the cursor is about, or read its handover."""
    notice = desk.notices.notice
    if notice is not None and notice.kind is NoticeKind.HANDOVER:
        await read_sheet(desk, notice.facts["handover"])
        return
    if notice is None or notice.order_number is None:
        raise Refusal("this notification leads to no order")
    desk.close_notices()
    desk.show_keys()
    await desk.go_to(notice.order_number)


async def acknowledge(desk: Desk) -> None:
    """Acknowledge the notification under the cursor."""
    notice, station = desk.notices.notice, desk.station
    if notice is None:
        raise Refusal("there is no notification to acknowledge")
    await desk.change(
        lambda: notifications.acknowledge(station.workplace, station.badge, notice.id)
    )
    await desk.read_notices()
    desk.answer(say("acknowledged"), "done")


async def acknowledge_all(desk: Desk) -> None:
    """Acknowledge all notifications that are shown; those that came meanwhile stay unread."""
    station, shown = desk.station, list(desk.notices.notices)

    def acknowledge_shown() -> int:
        place, badge = station.workplace, station.badge
        return sum(notifications.acknowledge(place, badge, one.id).changed for one in shown)

    count = await desk.change(acknowledge_shown)
    await desk.read_notices()
    desk.answer(say("{count} acknowledged", count=count), "done")
