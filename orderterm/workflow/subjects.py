"""What people are told of, in one word each: a task, an exception, a message, a handover."""

TASK, EXCEPTION, MESSAGE, HANDOVER = "task:", "exception:", "message:", "handover:"
"""What a subject begins with; the row's id follows."""


def subject(kind: str, key: int) -> str:
    """The subject that ``key`` is, such as ``task:17``.

    Args:
        kind: ``TASK``, ``EXCEPTION``, ``MESSAGE`` or ``HANDOVER``.
        key: the row's id.
    """
    return f"{kind}{key}"


def key_of(subject: str) -> tuple[str, int]:
    """What ``subject`` made a subject of: the kind and the row's id."""
    kind, _, key = subject.partition(":")
    return f"{kind}:", int(key)
