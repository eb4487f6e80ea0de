"""Whether messages can be sent at all: looked at when the engine starts, and by the doctor."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from orderterm import outgoing
from orderterm.duties.letters import language_of, route_faults
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import open_sender
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.terms import Language, MessageKind


def check_senders(settings: Settings, home: Path) -> Iterator[Sentence]:
    """What keeps messages from being sent, as far as can be told without sending one.

    Looked at: that each route has a sender, and of each sender that a route uses its secrets, its
    extra, its program, its templates. Nothing goes over the network.
    """
    yield from route_faults(settings)
    secrets = Secrets(home)
    for name in dict.fromkeys(route.sender for route in settings.messages.routes):
        config = settings.senders.get(name)
        if config is None:
            continue
        try:
            open_sender(name, config, home, secrets, settings.messages.timeout_seconds, _never)
        except OrdertermError as error:
            yield error.sentence
        if isinstance(config, outgoing.ProgramSender):
            yield from _missing_program(name, config, home)
        if isinstance(config, outgoing.AliyunSmsSender):
            yield from _missing_templates(name, config, settings)


def _never() -> datetime:
    raise AssertionError("a check sends nothing, so it needs no time")


def _missing_program(name: str, config: outgoing.ProgramSender, home: Path) -> Iterator[Sentence]:
    program = config.command[0] if config.command else ""
    found = shutil.which(home / program if "/" in program else program)
    if found is None:
        yield say(
            "sender {name}: there is no program {program} that may be run; give its whole path in "
            "command, and `chmod +x` it",
            name=name,
            program=program,
        )


def _missing_templates(
    name: str, config: outgoing.AliyunSmsSender, settings: Settings
) -> Iterator[Sentence]:
    for kind in MessageKind:
        for language in sorted(_languages(kind, name, settings)):
            if config.template(kind, language) is None:
                yield say(
                    "sender {name} has no template for {kind}; add {key} to its templates",
                    name=name,
                    kind=kind,
                    key=f"{kind.value}.{language}",
                )


def _languages(kind: MessageKind, sender: str, settings: Settings) -> set[Language]:
    """In which languages ``sender`` may have to tell ``kind``."""
    if kind is MessageKind.ESCALATION:
        sent, channels = settings.escalation.send, [""]
    else:
        sent, channels = kind in settings.messages.kinds, list(settings.channels)
    if not sent:
        return set()
    return {
        language_of(channel, settings)
        for route in settings.messages.routes
        if route.sender == sender and kind in (route.messages or [kind])
        for channel in channels
        if channel in (route.channels or [channel])
    }
