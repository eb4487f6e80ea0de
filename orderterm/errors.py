"""The two ways the program says no: something is wrong, or somebody may not."""

from orderterm.sentences import Sentence, say


class OrdertermError(Exception):
    """Something a person must mend; its sentence names the thing, the place and the way out."""

    def __init__(self, template: str | Sentence, /, **values: object) -> None:
        self.sentence = template if isinstance(template, Sentence) else say(template, **values)
        super().__init__(str(self.sentence))


class SettingsError(OrdertermError):
    """``orderterm.toml`` holds something that can't be used."""


class StoreError(OrdertermError):
    """The database can't be opened, or is of another version."""


class FileRejected(OrdertermError):
    """A file can't be taken in at all."""


class PartnerMissing(FileRejected):
    """Half of a pair of files, without the other half."""


class Refusal(OrdertermError):
    """An action that isn't open now for this order and person, and why."""
