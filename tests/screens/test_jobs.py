"""The threads of a terminal, and what becomes of them when it is closed."""

from threading import Event

from screens.jobs import Jobs
from tests.contract.backends import let_end


async def test_what_is_being_read_ends_before_another_database_is_made() -> None:
    begun, done = Event(), Event()

    def read() -> None:
        begun.set()
        Event().wait(0.1)
        done.set()

    jobs = Jobs()
    jobs._reader.submit(read)
    begun.wait()
    jobs.close()
    let_end()
    assert done.is_set()
