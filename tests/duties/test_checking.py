"""What the engine and the doctor say before a message is lost on a sender that can't send."""

import sys
from pathlib import Path

import pytest

from orderterm import settings
from orderterm.duties.checking import check_senders
from orderterm.duties.outbox import OutboxDuty
from orderterm.workflow.workplace import Workplace
from tests.duties.homes import Home

ROUTE = '[[messages.routes]]\nsender = "s"\n'


def said(home: Path, text: str) -> list[str]:
    """What is wrong with these settings."""
    (home / settings.FILE_NAME).write_text(text, encoding="utf-8")
    return [str(sentence) for sentence in check_senders(settings.load(home), home)]


def routed(home: Path, sender: str, more: str = "") -> list[str]:
    return said(home, f"{ROUTE}[senders.s]\n{sender}\n{more}")


def test_the_shipped_settings(tmp_path: Path) -> None:
    assert said(tmp_path, settings.default_text()) == []


def test_a_sender_that_is_not_there(tmp_path: Path) -> None:
    (one,) = said(tmp_path, '[[messages.routes]]\nsender = "mail"\n')
    assert "there is no sender mail" in one


def route(**narrowed: str) -> str:
    lines = [f"{key} = {value}\n" for key, value in narrowed.items()]
    return '[[messages.routes]]\nsender = "files"\n' + "".join(lines)


@pytest.mark.parametrize(
    ("routes", "lacking"),
    [
        ([route(contact='"phone"'), route()], []),
        (
            [route(contact='"phone"'), route(contact='"email"')],
            [
                "no route takes shipping notice, delay notice, survey where the contact is: "
                "another contact, such as a masked number;"
            ],
        ),
        (
            [route(messages='["shipping_notice", "survey"]'), route(contact='"phone"')],
            ["takes delay notice where the contact is: e-mail address, another contact"],
        ),
        (
            [route(channels='["EC"]'), route(messages='["survey"]')],
            ["no route takes shipping notice, delay notice of ST"],
        ),
        (
            [
                "[escalation]\nsend = true\n",
                route(messages='["shipping_notice", "delay_notice", "survey"]'),
            ],
            ["no route takes escalation where the contact is: phone number, e-mail address,"],
        ),
        (['[messages]\nkinds = ["survey"]\n', route(messages='["survey"]')], []),
    ],
)
def test_what_no_route_takes(tmp_path: Path, routes: list[str], lacking: list[str]) -> None:
    told = said(tmp_path, "".join(routes))
    assert len(told) == len(lacking)
    for sentence, expected in zip(told, lacking, strict=True):
        assert expected in sentence


@pytest.mark.parametrize(("folder", "closed"), [("new/messages", False), ("plain/messages", True)])
def test_a_folder_that_files_can_not_be_written_into(
    tmp_path: Path, folder: str, closed: bool
) -> None:
    (tmp_path / "plain").write_text("no folder")
    told = routed(tmp_path, f'kind = "files"\nfolder = "{folder}"')
    assert ["can't write into" in one for one in told] == [True] * closed
    assert not (tmp_path / "new").exists()


def test_a_sender_that_no_route_uses_is_let_be(tmp_path: Path) -> None:
    assert said(tmp_path, '[senders.s]\nkind = "wecom"\nurl = "env:NOWHERE"\n') == []


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ('kind = "wecom"\nurl = "env:NOWHERE"', "there is no variable NOWHERE"),
        ('kind = "wecom"\nurl = "env:WORD"', "what env:WORD holds is no address"),
        ('kind = "feishu"\nurl = "env:URL"\nsecret = "file:no"', "the secret file:no can't be"),
        ('kind = "webhook"\nurl = "https://x"\nsecret = "env:NOWHERE"', "no variable NOWHERE"),
        ('kind = "webhook"\nurl = "https://[x"\nsecret = "env:WORD"', "what url holds is no"),
        ('kind = "program"\ncommand = ["no-such-program"]', "no program no-such-program"),
        ('kind = "program"\ncommand = ["./plain.txt"]', "no program ./plain.txt"),
        ('kind = "smtp"\nhost = "mail"\nsender = "us"', "us in sender is no e-mail address"),
        (
            'kind = "smtp"\nhost = "mail"\nsender = "a\\n <a@b.cn>"',
            "in sender is no e-mail address",
        ),
        ('kind = "smtp"\nhost = "mail"\nsender = "a@b.cn"\nuser = "me"', "go together"),
        (
            'kind = "smtp"\nhost = "mail"\nsender = "a@b.cn"\nsecurity = "none"\nuser = "me"\n'
            'password = "env:WORD"',
            "the password would go to mail in the clear",
        ),
        (
            'kind = "smtp"\nhost = "mail"\nsender = "a@b.cn"\nuser = "me"\npassword = "env:HAN"',
            "user and password must be plain ASCII",
        ),
    ],
)
def test_a_sender_that_can_not_send(
    tmp_path: Path, sender: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORD", "letmein-letmein")
    monkeypatch.setenv("HAN", "密码密码")
    monkeypatch.setenv("URL", "https://open.feishu.cn/open-apis/bot/v2/hook/0123456789")
    (tmp_path / "plain.txt").write_text("no program")
    (one,) = routed(tmp_path, sender)
    assert expected in one
    assert "letmein" not in one
    assert "密码" not in one


@pytest.mark.parametrize("command", ['"sh"', '"./send.sh"', f'"{sys.executable}"'])
def test_a_program_that_is_there(tmp_path: Path, command: str) -> None:
    script = tmp_path / "send.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    assert routed(tmp_path, f'kind = "program"\ncommand = [{command}]') == []


@pytest.mark.parametrize(
    ("kind", "extra", "library"),
    [
        ('kind = "apprise"\nurl = "env:WORD"', "apprise", "apprise"),
        (
            'kind = "aliyun_sms"\naccess_key_id = "env:WORD"\naccess_key_secret = "env:WORD"\n'
            'sign_name = "x"\ntemplates = {shipping_notice="a",delay_notice="b",survey="c"}',
            "aliyun",
            "alibabacloud_dysmsapi20170525",
        ),
    ],
)
def test_an_extra_that_is_not_installed(
    tmp_path: Path, kind: str, extra: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORD", "letmein-letmein")
    monkeypatch.setitem(sys.modules, library, None)
    (one,) = routed(tmp_path, kind)
    assert f"pip install 'orderterm[{extra}]'" in one


def test_templates_of_aliyun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORD", "letmein-letmein")
    sender = (
        'kind = "aliyun_sms"\naccess_key_id = "env:WORD"\naccess_key_secret = "env:WORD"\n'
        'sign_name = "x"\ntemplates = {"shipping_notice.zh" = "SMS_1", survey = "SMS_2"}'
    )
    missing = routed(tmp_path, sender, '[messages]\nlanguage = "zh"\n')
    assert [one.split("; add ")[1].split(" ")[0] for one in missing] == [
        "shipping_notice.en",  # of the channels that speak English
        "delay_notice.en",
        "delay_notice.zh",
    ]


def test_the_engine_tells_and_goes_on(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {'sender = "files"': 'sender = "group"'})
    file = home.folder / settings.FILE_NAME
    file.write_text(
        file.read_text(encoding="utf-8") + '[senders.group]\nkind = "wecom"\nurl = "env:NOWHERE"\n',
        encoding="utf-8",
    )
    told: list[str] = []
    workplace = Workplace(settings.load(home.folder), lambda: home.now, "engine")
    duty = OutboxDuty(workplace, home.folder, lambda one: told.append(str(one)))
    assert [one.split(",")[0] for one in told] == [
        "there is no variable NOWHERE in the environment"
    ]
    assert duty.step() is False
