"""The weeks before the visitor came, put on record at once: orders, parcels, answers, handovers.

The rows are written past the workflow, which would try the visitor's patience; the trail tells of
all of them as it would have.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count, cycle
from typing import Any

from orderterm.demo import company
from orderterm.demo.bygone import WAYS_OUT, Answer, Bygone, Step, Trouble, bygone, hidden
from orderterm.demo.hands import CARRIERS, LATE
from orderterm.demo.day import Clock
from orderterm.demo.shifts import handovers
from orderterm.rules.contacts import contact_tail
from orderterm.rules.deadlines import exception_due, stage_due
from orderterm.rules.numbers import order_number
from orderterm.rules.weeks import Week, week_of
from orderterm.store import connection, trail
from orderterm.store.bulk import insert_rows
from orderterm.store.fields import utc_text
from orderterm.store.stock import keep_checkpoints
from orderterm.store.tables import (
    Allocation,
    Escalation,
    Handover,
    Message,
    Order,
    OrderException,
    OrderLine,
    OrderSerial,
    Pause,
    Shipment,
    StockMovement,
    SurveyReply,
    Table,
    Task,
)
from orderterm.terms import (
    EXCEPTION_ROLES,
    STAGE_ROLES,
    Condition,
    EscalationCause,
    EventKind,
    ExceptionKind,
    MeasureOutcome,
    MessageKind,
    MovementKind,
    Nature,
    PauseReason,
    Priority,
    Role,
    Stage,
    TaskOutcome,
)
from orderterm.workflow import measures
from orderterm.workflow.workplace import SYSTEM, Workplace
