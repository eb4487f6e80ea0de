"""The people: put one on the staff, list them, let one act no more; how they sign in."""

import shutil
import sys
import warnings
from getpass import GetPassWarning

import click

from orderterm.commands.common import Session, echo_json, pass_session
from orderterm.commands.helping import Group
from orderterm.commands.options import as_json, badge
from orderterm.commands.types import TEXT, Badge, TermChoice
from orderterm.errors import Refusal
from orderterm.sentences import Sentence, say
from orderterm.terms import Role

_LONGEST_KEY = 20_000


@click.group(cls=Group)
def staff_command() -> None:
    """The people who work here."""


@staff_command.command("add")
@click.argument("new", type=TEXT, metavar="BADGE")
@click.argument("name", type=TEXT)
@click.option(
    "--role",
    "roles",
    type=TermChoice(Role),
    multiple=True,
    required=True,
    help="What they do; may be given several times.",
)
@click.option("--superior", type=Badge(), metavar="BADGE", help="Who hears of their overdue work.")
@click.option("--contact", type=TEXT, default="", help="Where messages reach them.")
@badge
@pass_session
def add(
    session: Session,
    new: str,
    name: str,
    roles: tuple[Role, ...],
    superior: str | None,
    contact: str,
    badge: str,
) -> None:
    """Put a person on the staff."""
    from orderterm.workflow.registers import add_staff

    session.open()
    distinct = tuple(dict.fromkeys(roles))
    outcome = add_staff(session.workplace, badge, new, name, distinct, superior, contact)
    session.say(outcome.sentence)


@staff_command.command("list")
@as_json
@pass_session
def list_staff(session: Session, as_json: bool) -> None:
    """List everybody, with those who have left."""
    from orderterm.views.staff import staff

    session.open(readonly=True)
    found = staff(session.settings)
    if as_json:
        echo_json(found)
        return
    language = session.language
    gone = say("disabled").text(language)
    session.table(
        (say("badge"), say("name"), say("roles"), say("superior"), say("mark")),
        [
            (
                row.badge,
                row.name,
                " ".join(role.label(language) for role in row.roles),
                row.superior or "",
                gone if row.disabled_at else "",
            )
            for row in found
        ],
    )


@staff_command.command("disable")
@click.argument("leaver", type=TEXT, metavar="BADGE")
@badge
@pass_session
def disable(session: Session, leaver: str, badge: str) -> None:
    """Let a person act no more; what they have in hand is free for others."""
    from orderterm.workflow.registers import disable_staff

    session.open()
    session.say(disable_staff(session.workplace, badge, leaver).sentence)


@staff_command.command("contact")
@click.argument("whose", type=Badge(), metavar="BADGE")
@click.argument("contact", type=TEXT)
@badge
@pass_session
def set_contact(session: Session, whose: str, contact: str, badge: str) -> None:
    """Say where messages reach a person, by e-mail or telephone; "" for nowhere."""
    from orderterm.workflow import credentials

    session.open()
    session.say(credentials.set_contact(session.workplace, badge, whose, contact).sentence)


@staff_command.command("pin")
@click.argument("whose", type=Badge(), metavar="BADGE")
@click.option("--remove", is_flag=True, help="They sign in without a PIN again.")
@click.option("--stdin", is_flag=True, help="Read the PIN from a line of the standard input.")
@badge
@pass_session
def set_pin(session: Session, whose: str, remove: bool, stdin: bool, badge: str) -> None:
    """Give a person a PIN for the sign-in line; it is asked for twice and not shown."""
    from orderterm.workflow import credentials

    if remove and stdin:
        raise session.misuse(say("--remove needs no PIN: leave --stdin out"))
    session.open()
    pin = None if remove else _read_line() if stdin else _ask_twice(session)
    session.say(credentials.set_pin(session.workplace, badge, whose, pin).sentence)


def _read_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _ask_twice(session: Session) -> str:
    pin, again = _ask(session, say("new PIN")), _ask(session, say("once more"))
    if pin != again:
        raise Refusal("the two PINs differ, so nothing was changed: try again")
    return pin


def _ask(session: Session, what: Sentence) -> str:
    text = what.text(session.language)
    with warnings.catch_warnings():
        # Where it can't be hidden, Python would warn of that and show it all the same.
        warnings.simplefilter("error", GetPassWarning)
        try:
            return str(click.prompt(text, hide_input=True, err=True))
        except GetPassWarning:
            raise session.misuse(
                say("there is no terminal here to ask for a PIN; give it in a line, with --stdin")
            ) from None


@staff_command.group("key")
def key_command() -> None:
    """The SSH keys with which people sign in."""


@key_command.command("add")
@click.argument("whose", type=Badge(), metavar="BADGE")
@click.argument("key", metavar="FILE")
@badge
@pass_session
def add_key(session: Session, whose: str, key: str, badge: str) -> None:
    """Take a person's public key from a .pub file, from the words themselves, or from - (stdin)."""
    from orderterm.workflow import credentials

    session.open()
    session.say(credentials.add_key(session.workplace, badge, whose, _key_line(key)).sentence)


def _key_line(key: str) -> str:
    """The key itself; a file is read no further than a key can be long."""
    if " " in key.strip():
        return key
    try:
        with click.open_file(key, encoding="utf-8", errors="replace") as file:
            return str(file.read(_LONGEST_KEY))
    except OSError as error:
        raise Refusal(
            "{file} can't be read: {reason}; check that it is there and yours to read",
            file=key,
            reason=error.strerror or str(error),
        ) from None


@key_command.command("list")
@click.argument("whose", type=Badge(), metavar="[BADGE]", required=False)
@as_json
@pass_session
def list_keys(session: Session, whose: str | None, as_json: bool) -> None:
    """List the keys of who works here, or of one person."""
    from orderterm.views.credentials import keys
    from orderterm.views.staff import sign_in

    session.open(readonly=True)
    if whose is not None:
        sign_in(whose)
    found = keys(session.settings, whose)
    if as_json:
        echo_json(found)
        return
    if not found:
        session.say(say("no keys; `orderterm staff key add` takes one"))
        return
    session.table(
        (say("badge"), say("name"), say("fingerprint"), say("since")),
        [(row.badge, row.name, row.fingerprint, f"{row.added_at:%Y-%m-%d %H:%M}") for row in found],
    )


@key_command.command("remove")
@click.argument("whose", type=Badge(), metavar="BADGE")
@click.argument("fingerprint", type=TEXT)
@badge
@pass_session
def remove_key(session: Session, whose: str, fingerprint: str, badge: str) -> None:
    """Let a key open the door no more; write authorized_keys anew afterwards."""
    from orderterm.workflow import credentials

    session.open()
    session.say(credentials.remove_key(session.workplace, badge, whose, fingerprint).sentence)


@key_command.command("authorized")
@pass_session
def authorized_keys(session: Session) -> None:
    """Print the lines of sshd's authorized_keys: each key opens its person's own screen."""
    from orderterm.views.credentials import authorized, keys

    session.open(readonly=True)
    program = shutil.which("orderterm") or "orderterm"
    home = session.home.absolute()
    session.print([authorized(row, program, home) for row in keys(session.settings)])
