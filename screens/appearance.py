"""What works on every screen: its keys explained, its language and look, and leaving."""

from typing import Any

from orderterm.sentences import say
from screens.status import key_name
from screens.terminal.marks import marks
from screens.terminal.themes import theme_of
from screens.work_screen import Handler, WorkScreen


async def explain_keys(screen: WorkScreen) -> None:
    """The keys that work here, with what they do; picking one does it."""
    await _pick_command(screen, by_name=False)


async def palette(screen: WorkScreen) -> None:
    """Find a command by its name, and do it."""
    await _pick_command(screen, by_name=True)


async def _pick_command(screen: WorkScreen, *, by_name: bool) -> None:
    commands = [one for one in screen.commands().values() if one.id in screen.handlers]
    text = screen.station.text
    names = [(f"{text(key_name(one.key)):<7} {text(one.title)}", one.id) for one in commands]
    chosen = await screen.choose(
        say("keys that work here") if not by_name else say("command:"),
        names,
        about=[text(one.help) for one in commands],
        by_name=True,
    )
    await screen.handlers[chosen](screen)


async def switch_language(screen: WorkScreen) -> None:
    """Chinese or English."""
    screen.station.language = "en" if screen.station.language == "zh" else "zh"
    screen.show_all()
    screen.answer(say("this terminal speaks English now"))


async def switch_theme(screen: WorkScreen) -> None:
    """Another theme, or plain characters for marks and rules."""
    chosen = await screen.choose(
        say("theme"),
        [
            (say("dark"), "dark"),
            (say("light"), "light"),
            (say("16 colours"), "16"),
            (say("monochrome"), "mono"),
            (say("plain ASCII marks, or not"), "ascii"),
        ],
    )
    station = screen.station
    if chosen == "ascii":
        app: Any = screen.app
        station.marks = marks(ascii=station.marks == marks(ascii=False))
        app.dress()
        screen.show_all()
    else:
        screen.app.theme = theme_of(chosen)


async def repaint(screen: WorkScreen) -> None:
    """Paint the whole screen again."""
    screen.app.refresh(layout=True)
    screen.refresh(layout=True)


async def leave(screen: WorkScreen) -> None:
    """Leave the program."""
    screen.app.exit(0)


async def switch_role(screen: WorkScreen) -> None:
    """The screen of another of the person's roles."""
    app: Any = screen.app
    person = screen.station.person
    assert person is not None
    role = await screen.choose(say("role"), [(one, one) for one in person.roles])
    await app.open_role(role)


async def sign_out(screen: WorkScreen) -> None:
    """Let the next person sign in."""
    app: Any = screen.app
    await app.sign_out()


HANDLERS: dict[str, Handler] = {
    "app.help": explain_keys,
    "app.palette": palette,
    "app.language": switch_language,
    "app.theme": switch_theme,
    "app.repaint": repaint,
    "app.quit": leave,
    "app.sign_out": sign_out,
    "role.switch": switch_role,
}
