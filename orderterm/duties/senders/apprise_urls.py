"""Anything that Apprise knows, by its kind of addresses.

Apprise takes HTTP 200 for success, whatever the answer says.
"""

from typing import TYPE_CHECKING
from urllib.parse import quote

from orderterm import outgoing
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import Letter, SendFailed
from orderterm.duties.senders.extras import of_extra
from orderterm.duties.senders.quoting import hush

if TYPE_CHECKING:
    from apprise import NotifyBase

_CONTACT = "{contact}"


class AppriseUrl:
    """Sends to one Apprise address, with each message's contact in it where it asks for one.

    Args:
        name: of the sender.
        config: its settings.
        secrets: reads the address.
        timeout: how many seconds a request may take.

    Raises:
        OrdertermError: the extra is not installed, or the address can't be read.
    """

    def __init__(
        self, name: str, config: outgoing.AppriseSender, secrets: Secrets, timeout: float
    ) -> None:
        with of_extra(name, "apprise"):
            import apprise
        hush("apprise")
        self._apprise = apprise
        self._asset = apprise.AppriseAsset(async_mode=False, storage_mode="memory")
        self._name = name
        self._url = secrets.read(config.url)
        self._timeout = timeout

    def send(self, letter: Letter) -> str:
        """Send ``letter``; Apprise knows no receipts."""
        service = self._service(letter)
        caller = self._apprise.Apprise(service, asset=self._asset)
        if not caller.notify(body=letter.text, title=letter.subject, body_format="text"):
            raise SendFailed(
                "sender {name}: Apprise was refused, or got no answer; the command `apprise -vv` "
                "with the same address tells more",
                name=self._name,
            )
        return ""

    def _service(self, letter: Letter) -> "NotifyBase":
        url = self._url.reveal()
        if _CONTACT in url and not letter.contact:
            raise SendFailed(
                "sender {name}: the order has no contact, which the address of the sender needs",
                final=True,
                name=self._name,
            )
        service = self._apprise.Apprise.instantiate(
            url.replace(_CONTACT, quote(letter.contact, safe="")), asset=self._asset
        )
        if not isinstance(service, self._apprise.NotifyBase):
            raise SendFailed(
                "sender {name}: Apprise does not understand the address in {place}, or not with "
                "this contact",
                name=self._name,
                place=self._url.place,
            )
        service.socket_connect_timeout = service.socket_read_timeout = self._timeout
        return service
