"""Every key of the screens: one table that feeds the keys, the footer, the help and the docs.

A command is known by its id, under which ``[keys]`` in ``orderterm.toml`` gives it another key.
What it does is in the handlers of the screens; where it can be used is told by its places.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct, structs

from orderterm.errors import SettingsError
from orderterm.sentences import Sentence, say

EVERYWHERE = "everywhere"
LIST = "list"
ORDER = "order"
NOTICES = "notices"
PICKING = "picking"
MONITOR = "monitor"
SIGN_IN = "sign-in"

ON_ORDERS = (LIST, ORDER)


class Command(Struct, frozen=True):
    """A key and what it is for.

    ``places`` are where it works: a place of this module, or a role for that role's screen.
    ``footer`` tells how soon it is named in the footer, 0 for never. ``on_order`` tells of a role's
    command whether it works on an order's page too.
    """

    id: str
    key: str
    title: Sentence
    help: Sentence
    places: tuple[str, ...]
    footer: int = 0
    on_order: bool = False


COMMANDS: tuple[Command, ...] = (
    # -- an order -----------------------------------------------------------------------------
    Command(
        "order.complete",
        "c",
        say("done"),
        say("Finish the stage of the order, or of all marked ones; asks for what is missing."),
        ON_ORDERS,
        footer=1,
    ),
    Command(
        "picking.print",
        "p",
        say("pick list"),
        say("One pick list over the marked orders in shelf order, printed or saved as a file."),
        ("preparation",),
        footer=2,
        on_order=True,
    ),
    Command(
        "picking.verify",
        "s",
        say("verify"),
        say("Verify the order by scanning each SKU; a scanned SKU begins it by itself."),
        ("preparation",),
        footer=2,
        on_order=True,
    ),
    Command(
        "shipping.slip",
        "p",
        say("packing slip"),
        say("The packing slip of each marked order, printed or saved as a file."),
        ("shipping",),
        footer=2,
        on_order=True,
    ),
    Command(
        "shipping.carrier",
        "w",
        say("carrier"),
        say("The carrier of the parcels to come; a scanned waybill ships with it."),
        ("shipping",),
        footer=2,
        on_order=True,
    ),
    Command(
        "shipping.arrival",
        "d",
        say("ETA"),
        say("In how many days the parcels to come should arrive."),
        ("shipping",),
        footer=3,
        on_order=True,
    ),
    Command(
        "shipping.parcel",
        "+",
        say("one more parcel"),
        say("One more parcel of the order that left last, or of the one in hand: its waybill."),
        ("shipping",),
        footer=4,
        on_order=True,
    ),
    Command(
        "allocation.all",
        "F",
        say("all that fit"),
        say("Allocate every order of the queue for which everything is there."),
        ("inventory",),
        footer=2,
    ),
    Command(
        "allocation.part",
        "P",
        say("part now"),
        say("Allocate what is there and let it go ahead; the rest follows as a back order."),
        ("inventory",),
        on_order=True,
    ),
    Command(
        "stock.count",
        "k",
        say("count"),
        say("Enter how many pieces of the SKU are on hand."),
        ("inventory",),
        footer=3,
    ),
    Command(
        "review.send_back",
        "b",
        say("send back"),
        say("Send the order back to sales, and say what is missing."),
        ("reviewer",),
        footer=2,
        on_order=True,
    ),
    Command(
        "sales.enter",
        "o",
        say("new order"),
        say("Enter an order by hand: from the counter, by phone, from a dealer."),
        ("sales", "manager", "admin"),
        footer=2,
        on_order=True,
    ),
    Command(
        "confirmation.survey",
        "s",
        say("survey"),
        say("Note the customer's scores for speed, accuracy and service, from 1 to 5."),
        ("tracking",),
        footer=2,
        on_order=True,
    ),
    Command(
        "tracking.signed_on",
        "S",
        say("signed on"),
        say("The parcel was signed for some time ago: yesterday, or at a time that is typed."),
        ("tracking",),
        footer=2,
        on_order=True,
    ),
    Command(
        "exceptions.kind",
        "k",
        say("kind"),
        say("Show the open exceptions of one kind, or of all."),
        ("exceptions",),
        footer=2,
    ),
    Command(
        "messages.retry",
        "R",
        say("send again"),
        say("Send the message in hand once more, or all marked ones."),
        ("tracking", "manager", "admin"),
    ),
    Command(
        "staff.add",
        "N",
        say("new person"),
        say("Put a person on the staff: badge, name, roles, superior."),
        ("admin",),
        footer=3,
    ),
    Command(
        "staff.disable",
        "D",
        say("disable"),
        say("Let the person in hand act no more; what they have in hand is free for others."),
        ("admin",),
        footer=3,
    ),
    Command(
        "measures.agree",
        "M",
        say("new measure"),
        say("Agree on a measure against a cause of the week: what, who, until when."),
        ("manager", "admin"),
    ),
    Command(
        "measures.finish",
        "W",
        say("what came of it"),
        say("Finish the measure in hand: whether it worked, and what there is to say of it."),
        ("manager", "admin"),
    ),
    Command(
        "purchasing.expect",
        "d",
        say("expected"),
        say("When the SKU is expected: every order that waits for it is told."),
        ("purchasing",),
        footer=2,
        on_order=True,
    ),
    Command(
        "order.resolve",
        "e",
        say("resolve"),
        say("Resolve the order's exception: fields completed, change accepted, stock, carrier."),
        ON_ORDERS,
        footer=2,
    ),
    Command(
        "order.raise",
        "x",
        say("exception"),
        say("Raise an exception on the order, and say what is wrong."),
        ON_ORDERS,
        footer=3,
    ),
    Command(
        "order.claim",
        "t",
        say("take"),
        say("Take the order in hand, so that colleagues see it is yours."),
        ON_ORDERS,
        footer=4,
    ),
    Command(
        "order.take_over",
        "T",
        say("take over"),
        say("Take the order over from the colleague who has it."),
        ON_ORDERS,
    ),
    Command(
        "order.reassign",
        "m",
        say("hand to"),
        say("Give the order to another person, with a reason."),
        ON_ORDERS,
    ),
    Command(
        "order.priority",
        "!",
        say("priority"),
        say("Override the order's priority, with a reason."),
        ON_ORDERS,
    ),
    Command(
        "order.hold",
        "h",
        say("hold"),
        say("Put the order on hold, or release it."),
        ON_ORDERS,
        footer=5,
    ),
    Command(
        "order.cancel",
        "X",
        say("cancel"),
        say("Cancel the order, with a reason."),
        ON_ORDERS,
    ),
    Command(
        "order.undo",
        "u",
        say("undo"),
        say("Take back your own last step: on the orders just done, else on the one in hand."),
        ON_ORDERS,
        footer=4,
    ),
    Command(
        "order.note",
        "l",
        say("call note"),
        say("Write down a call with the customer, or a note for colleagues."),
        ON_ORDERS,
        footer=5,
    ),
    # -- the order's page ---------------------------------------------------------------------
    Command(
        "order.next",
        "]",
        say("next"),
        say("The next order of the list, without going back."),
        (ORDER,),
        footer=1,
    ),
    Command(
        "order.previous",
        "[",
        say("previous"),
        say("The order before in the list, without going back."),
        (ORDER,),
        footer=1,
    ),
    Command(
        "order.back",
        "enter",
        say("back"),
        say("Back to the list."),
        (ORDER,),
        footer=1,
    ),
    # -- verifying by scan --------------------------------------------------------------------
    Command(
        "picking.less",
        "-",
        say("one less"),
        say("Take back the piece counted last."),
        (PICKING,),
        footer=1,
    ),
    Command(
        "picking.times",
        "*",
        say("times"),
        say("How many pieces the next scan counts: type 3 and scan, or this key and the number."),
        (PICKING,),
        footer=2,
    ),
    Command(
        "picking.leave",
        "q",
        say("leave"),
        say("Leave the verification; what was counted is forgotten."),
        (PICKING,),
        footer=1,
    ),
    # -- the list -----------------------------------------------------------------------------
    Command(
        "list.open",
        "enter",
        say("details"),
        say("The whole order; in other lists, what the row stands for."),
        (LIST,),
    ),
    Command(
        "list.mark",
        "space",
        say("mark"),
        say("Mark the row and go to the next; actions then take all marked rows."),
        (LIST,),
        footer=3,
    ),
    Command(
        "list.mark_all",
        "A",
        say("mark all"),
        say("Mark every row in hand, or take all marks away."),
        (LIST,),
    ),
    Command(
        "list.find",
        "/",
        say("find"),
        say("Find by order number, channel's number, customer, phone, SKU or waybill."),
        (LIST, ORDER),
        footer=3,
    ),
    Command(
        "list.filter",
        "f",
        say("filter"),
        say("Show only mine, overdue, exceptions, one channel, one priority."),
        (LIST,),
        footer=4,
    ),
    Command(
        "list.views",
        "v",
        say("views"),
        say("Your saved views of this list: take one, save this one, forget one."),
        (LIST,),
    ),
    Command(
        "list.report",
        "E",
        say("report"),
        say("Write a register of today, or last week's review, as a file."),
        (LIST,),
    ),
    Command(
        "list.refresh",
        "r",
        say("merge"),
        say("Take in what has changed since the list was read."),
        (LIST, MONITOR),
    ),
    Command(
        "list.page",
        "tab",
        say("next page"),
        say("The next page of this screen."),
        (LIST,),
        footer=5,
    ),
    Command(
        "shift.give",
        "H",
        say("hand over"),
        say("Hand the shift over: what is open, late and at risk is kept for the next one."),
        (LIST,),
    ),
    Command(
        "shift.take",
        "J",
        say("take the shift"),
        say("Take over what the last shift has handed over, with the tasks it has in hand."),
        (LIST, NOTICES),
    ),
    Command(
        "role.switch",
        "g",
        say("role"),
        say("Switch to the screen of another of your roles."),
        (LIST,),
        footer=6,
    ),
    Command(
        "app.sign_out",
        "q",
        say("sign out"),
        say("Sign out; the next person scans a badge."),
        (LIST,),
    ),
    # -- notifications ------------------------------------------------------------------------
    Command(
        "notices.show",
        "n",
        say("notifications"),
        say("Open or close the notifications."),
        (LIST, ORDER, NOTICES),
        footer=3,
    ),
    Command(
        "notices.go",
        "enter",
        say("to its order"),
        say("Go to the order that the notification is about, or read its handover."),
        (NOTICES,),
        footer=1,
    ),
    Command(
        "notices.acknowledge",
        "a",
        say("acknowledge"),
        say("Acknowledge the notification."),
        (NOTICES,),
        footer=1,
    ),
    Command(
        "notices.acknowledge_all",
        "A",
        say("acknowledge all"),
        say("Acknowledge all notifications."),
        (NOTICES,),
        footer=2,
    ),
    # -- the monitor --------------------------------------------------------------------------
    Command(
        "monitor.freeze",
        "space",
        say("freeze"),
        say("Hold the picture still, or let it go on."),
        (MONITOR,),
        footer=1,
    ),
    Command(
        "monitor.page",
        "tab",
        say("next page"),
        say("The next page; pages also turn by themselves."),
        (MONITOR,),
        footer=1,
    ),
    Command(
        "monitor.turn",
        "t",
        say("turn pages"),
        say("Let the pages turn by themselves, or stay."),
        (MONITOR,),
        footer=1,
    ),
    # -- everywhere ---------------------------------------------------------------------------
    Command(
        "app.help",
        "?",
        say("all keys"),
        say("The keys that work here, and what they do."),
        (EVERYWHERE,),
        footer=2,
    ),
    Command(
        "app.palette",
        ":",
        say("commands"),
        say("Find a command by its name."),
        (EVERYWHERE,),
    ),
    Command(
        "app.language",
        "L",
        say("language"),
        say("Chinese or English."),
        (EVERYWHERE,),
    ),
    Command(
        "app.theme",
        "Y",
        say("theme"),
        say("Dark, light, 16 colours or monochrome; plain ASCII marks."),
        (EVERYWHERE,),
    ),
    Command(
        "app.repaint",
        "ctrl+l",
        say("repaint"),
        say("Paint the whole screen again, after noise on the line."),
        (EVERYWHERE,),
    ),
    Command(
        "app.quit",
        "ctrl+q",
        say("quit"),
        say("Leave the program."),
        (EVERYWHERE,),
    ),
)
"""The table. Where two commands of one place have the same key, the more particular place wins."""


class Keys:
    """The commands with the keys that the settings give them.

    Args:
        remapped: keys by command id, as ``[keys]`` has them.

    Raises:
        SettingsError: an id that is none, or a key that two commands of one place would share.
    """

    def __init__(self, remapped: Mapping[str, str]) -> None:
        known = {command.id for command in COMMANDS}
        if unknown := sorted(remapped.keys() - known):
            raise SettingsError(
                "orderterm.toml: keys has no command {unknown}; docs/keys.md lists those there are",
                unknown=unknown,
            )
        self.commands = tuple(
            structs.replace(command, key=remapped.get(command.id, command.key))
            for command in COMMANDS
        )
        self._refuse_doubles(remapped)

    def at(self, places: Iterable[str]) -> dict[str, Command]:
        """The commands by key, of ``places`` from the most particular to the least."""
        found: dict[str, Command] = {}
        for place in places:
            for command in self.commands:
                if place in command.places:
                    found.setdefault(command.key, command)
        return found

    def named(self, command_id: str) -> Command:
        """The command with this id."""
        return next(command for command in self.commands if command.id == command_id)

    def _refuse_doubles(self, remapped: Mapping[str, str]) -> None:
        for command in self.commands:
            rival = self._rival(command)
            if rival is not None and (command.id in remapped or rival.id in remapped):
                raise SettingsError(
                    "orderterm.toml: keys gives {key} to {one} and to {other}, which are used in "
                    "the same place; give one of them another key",
                    key=command.key,
                    one=command.id,
                    other=rival.id,
                )

    def _rival(self, command: Command) -> Command | None:
        """Another command with the same key that could be meant wherever this one is."""
        return next(
            (
                other
                for other in self.commands
                if other.id != command.id
                and other.key == command.key
                and _meet(other.places, command.places)
            ),
            None,
        )


def _meet(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two commands can be open at once; a role's own are open beside those of the list
    and of an order's page."""
    spaces = {EVERYWHERE, LIST, ORDER, NOTICES, PICKING, MONITOR, SIGN_IN}
    first, second = set(one), set(other)
    if EVERYWHERE in first | second or first & second:
        return True
    under_roles = {LIST, ORDER}
    return bool(
        (first - spaces and second & under_roles) or (second - spaces and first & under_roles)
    )
