"""Whether messages can be sent at all: looked at when the engine starts, and by the doctor."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from orderterm import outgoing
from orderterm.duties.letters import language_of, route_faults, routes_for
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import open_sender
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.terms import Language, MessageKind

_CONTACTS = {
    "phone": say("phone number"),
    "email": say("e-mail address"),
    "": say("another contact, such as a masked number"),
}


def check_senders(settings: Settings, home: Path) -> Iterator[Sentence]:
    """What keeps messages from being sent, as far as can be told without sending one.

    Looked at: that each route has a sender, that there is a route for every message, and of each
    sender that a route uses its secrets, its extra, its program, its folder, its templates. Nothing
    goes over the network.
    """
    yield from route_faults(settings)
    yield from _gaps(settings)
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
        if isinstance(config, outgoing.FilesSender):
            yield from _closed_folder(name, home / config.folder)


def _gaps(settings: Settings) -> Iterator[Sentence]:
    """What no route takes; one sentence for all that lack the same."""
    kinds: dict[tuple[tuple[str, ...], tuple[str, ...]], list[MessageKind]] = {}
    for kind in MessageKind:
        channels: dict[tuple[str, ...], list[str]] = {}
        for channel in _channels(kind, settings):
            channels.setdefault(_untaken(kind, channel, settings), []).append(channel)
        for lacking, where in channels.items():
            if lacking:
                kinds.setdefault((lacking, tuple(where)), []).append(kind)
    for (lacking, places), told in kinds.items():
        yield _gap(told, places, [_CONTACTS[contact] for contact in lacking], settings)


def _untaken(kind: MessageKind, channel: str, settings: Settings) -> tuple[str, ...]:
    taken = {route.contact for route in routes_for(kind, channel, settings)}
    return () if "any" in taken else tuple(one for one in _CONTACTS if one not in taken)


def _gap(
    kinds: list[MessageKind],
    channels: tuple[str, ...],
    contacts: list[Sentence],
    settings: Settings,
) -> Sentence:
    if channels in (("",), tuple(settings.channels)):
        return say(
            "no route takes {kinds} where the contact is: {contacts}; such messages are given up, "
            "so add a [[messages.routes]] to orderterm.toml",
            kinds=kinds,
            contacts=contacts,
        )
    return say(
        "no route takes {kinds} of {channels} where the contact is: {contacts}; such messages are "
        "given up, so add a [[messages.routes]] to orderterm.toml",
        kinds=kinds,
        channels=channels,
        contacts=contacts,
    )


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


def _closed_folder(name: str, folder: Path) -> Iterator[Sentence]:
    there = next(one for one in (folder, *folder.parents) if os.path.lexists(one))
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield say(
            "sender {name} can't write into {folder}; see to it that {there} is a folder in which "
            "the user that runs orderterm may write",
            name=name,
            folder=folder,
            there=there,
        )


def _channels(kind: MessageKind, settings: Settings) -> list[str]:
    """The channels whose messages of ``kind`` are sent; "" is staff's."""
    if kind is MessageKind.ESCALATION:
        return [""] if settings.escalation.send else []
    return list(settings.channels) if kind in settings.messages.kinds else []


def _languages(kind: MessageKind, sender: str, settings: Settings) -> set[Language]:
    """In which languages ``sender`` may have to tell ``kind``."""
    return {
        language_of(channel, settings)
        for channel in _channels(kind, settings)
        for route in routes_for(kind, channel, settings)
        if route.sender == sender
    }
