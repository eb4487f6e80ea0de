"""What a person at a terminal hears of a fault that nobody foresaw."""

from orderterm.sentences import Sentence, say
from screens.station import Station


def explained(error: Exception, station: Station) -> Sentence:
    """The sentence for a fault of the database or a file; where the database is, is in it."""
    return say(
        "that was not done: {error}; nothing was left half done, try again when {file} is free",
        error=" ".join(str(error).split()),
        file=station.file.name,
    )
