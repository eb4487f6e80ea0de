"""The duty that sends what is in the outbox, one message at a time."""

import logging
import traceback
from collections.abc import Callable
from pathlib import Path

from peewee import OperationalError

from orderterm.duties.checking import check_senders
from orderterm.duties.letters import compose, route_faults, route_of
from orderterm.duties.post import LeftAlone, Post
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import SendFailed
from orderterm.duties.templates import Templates
from orderterm.errors import OrdertermError, SettingsError, StoreError
from orderterm.outgoing import Route
from orderterm.rules.contacts import mask_text
from orderterm.sentences import Sentence, say
from orderterm.settings import terminal_language
from orderterm.views.messages import matter
from orderterm.workflow import sending
from orderterm.workflow.sending import Claimed
from orderterm.workflow.workplace import Workplace

MARGIN_SECONDS = 60.0
"""How much longer than a sender's timeout a try may last before it counts as lost."""

log = logging.getLogger(__name__)


class OutboxDuty:
    """Sends messages; any number of them may work side by side.

    Args:
        workplace: the home at work.
        home: the home's folder.
        tell: told what fails, a sentence at a time; nothing personal is in it.

    Raises:
        OrdertermError: a template or a route can't be used; says which and why.
    """

    name = "outbox"
    interval_seconds = 2.0

    def __init__(self, workplace: Workplace, home: Path, tell: Callable[[Sentence], None]) -> None:
        self.workplace = workplace
        self.home = home
        self.tell = tell
        if fault := next(route_faults(workplace.settings), None):
            raise SettingsError(fault)
        for lack in check_senders(workplace.settings, home):
            tell(lack)  # what other senders take goes out all the same
        self._templates = Templates(home, workplace.settings)
        self._secrets = Secrets(home)
        self._post = Post(workplace.settings, home, self._secrets, workplace.now)
        self._lease = workplace.settings.messages.timeout_seconds + MARGIN_SECONDS

    def step(self) -> bool:
        """Send the next message, if there is one that is to be sent now."""
        claimed = sending.claim(self.workplace, self._lease)
        if claimed is None:
            return False
        self._deliver(claimed)
        return True

    def _deliver(self, message: Claimed) -> None:
        """Send a message and note what came of it.

        What is wrong with one message must never stop the others.
        """
        used = ""
        try:
            if sending.lapse(self.workplace, message):
                return
            found = matter(message.id)
            if found is None:
                return  # withdrawn in the meantime
            route = route_of(message.kind, found, self.workplace.settings)
            if not isinstance(route, Route):
                raise SendFailed(route, final=True)
            used = route.sender
            letter = compose(
                message.key, message.kind, found, self.workplace.settings, self._templates
            )
            receipt = self._post.send(used, letter)
        except (StoreError, OperationalError):
            raise
        except LeftAlone as rest:
            # Why it is down was told by the tries that failed.
            trouble = self._trouble(rest.sentence)
            sending.put_off(message, trouble, sender=used, until=rest.until)
        except OrdertermError as error:
            final = isinstance(error, SendFailed) and error.final
            self._fail(message, error.sentence, used, final=final)
        except Exception:  # noqa: BLE001 - it is written down, and the message tried again
            # A library's own words may be the address that it was given, or what was to be sent.
            trace = mask_text(self._secrets.scrub(traceback.format_exc()))
            log.error("a fault in the program, with message %s in hand\n%s", message.id, trace)
            fault = say("a fault in orderterm itself; errors.log in the home tells more")
            self._fail(message, fault, used, final=False)
        else:
            sending.sent(self.workplace, message, used, receipt)

    def _fail(self, message: Claimed, why: Sentence, sender: str, *, final: bool) -> None:
        trouble = self._trouble(why)
        given_up = sending.failed(self.workplace, message, trouble, sender=sender, final=final)
        told = {"message": message.id, "kind": message.kind, "reason": trouble}
        if given_up:
            self.tell(say("message {message} ({kind}) is given up: {reason}", **told))
        else:
            self.tell(say("message {message} ({kind}) is tried again later: {reason}", **told))

    def _trouble(self, why: Sentence) -> str:
        """What is written down; the other side's words may name the customer, or a secret."""
        language = terminal_language(self.workplace.settings)
        return mask_text(self._secrets.scrub(why.text(language)))
