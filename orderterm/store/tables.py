"""The tables. Quantities are whole pieces, money is minor units, times are UTC.

The schema is made by ``migrations/``; a test holds it against these classes.
"""

from typing import Any

from peewee import (
    SQL,
    BigIntegerField,
    Check,
    CompositeKey,
    DatabaseProxy,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from orderterm.store.fields import PriorityField, TermField, TermsField, UtcField
from orderterm.terms import (
    ChannelKind,
    ChannelStatus,
    Condition,
    EscalationCause,
    ExceptionKind,
    ExceptionPath,
    FileKind,
    FileStatus,
    MeasureOutcome,
    MessageKind,
    MovementKind,
    Nature,
    NoticeKind,
    PauseReason,
    Role,
    Stage,
    Tag,
    TaskOutcome,
    TrackingState,
)

database = DatabaseProxy()


class Table(Model):
    id: Any

    class Meta:
        database = database
        strict_tables = True
        legacy_table_names = False


def positive(column: str) -> Any:
    return Check(f'"{column}" > 0')


def not_negative(column: str) -> Any:
    return Check(f'"{column}" >= 0')


class Staff(Table):
    badge = TextField(primary_key=True)
    name = TextField()
    roles = TermsField(Role)
    superior = ForeignKeyField("self", null=True, column_name="superior")
    contact = TextField(default="")
    pin_hash = TextField(default="")
    created_at = UtcField()
    disabled_at = UtcField(null=True)


class Product(Table):
    sku = TextField(primary_key=True)
    name = TextField()
    specification = TextField(default="")
    location = TextField(default="")
    safety_stock = IntegerField(default=0, constraints=[not_negative("safety_stock")])
    lead_time_days = IntegerField(default=0, constraints=[not_negative("lead_time_days")])


class Customer(Table):
    name = TextField(index=True)
    contact_key = TextField()
    contact = TextField()
    level = TextField()
    address = TextField()

    class Meta:
        indexes = ((("contact_key", "name"), True),)


class ImportFile(Table):
    """A file that was taken in, or is being taken in."""

    name = TextField()
    content_hash = TextField(index=True)
    channel = TextField()
    kind = TermField(FileKind)
    profile = TextField()
    exported_at = UtcField(null=True)
    taken_at = UtcField()
    finished_at = UtcField(null=True)
    status = TermField(FileStatus)
    reason = TextField(default="")


class Order(Table):
    number = TextField(unique=True)
    channel = TextField()
    channel_kind = TermField(ChannelKind)
    shop = TextField()
    channel_order_number = TextField()
    source_key = TextField()
    channel_status = TermField(ChannelStatus)
    channel_seen_at = UtcField(null=True)
    fingerprint = TextField()
    file = ForeignKeyField(ImportFile, null=True)
    origin = ForeignKeyField("self", null=True)
    nature = TermField(Nature)
    condition = TermField(Condition)
    priority = PriorityField(constraints=[Check('"priority" BETWEEN 1 AND 4')])
    priority_rule = TextField()
    priority_reason = TextField(default="")
    tags = TermsField(Tag)
    preferred_carrier = TextField()
    customer_name = TextField(index=True)
    customer_level = TextField()
    contact = TextField()
    contact_tail = TextField(index=True)
    address = TextField()
    special_request = TextField()
    note = TextField()
    ordered_at = UtcField(null=True)
    received_at = UtcField()
    ship_by = UtcField(null=True)
    held_at = UtcField(null=True)
    cancelled_at = UtcField(null=True)
    completed_at = UtcField(null=True)

    class Meta:
        table_name = "orders"
        indexes = ((("channel", "source_key", "shop"), True), (("channel_order_number",), False))


Order.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "orders_cancelled" ON "orders" ("cancelled_at") '
        'WHERE "cancelled_at" IS NOT NULL'
    )
)


class ChannelVersion(Table):
    """A content of an order that its channel has shown after the first one."""

    order = ForeignKeyField(Order)
    fingerprint = TextField()
    seen_at = UtcField()

    class Meta:
        primary_key = CompositeKey("order", "fingerprint")


class OrderLine(Table):
    order = ForeignKeyField(Order, index=False)
    position = IntegerField(constraints=[positive("position")])
    sku = TextField()
    name = TextField()
    specification = TextField()
    quantity = IntegerField(null=True, constraints=[positive("quantity")])
    unit_price = BigIntegerField(null=True)
    substituted_for = TextField(default="")
    removed_at = UtcField(null=True)

    class Meta:
        indexes = ((("order", "position"), True), (("sku", "order"), False))


class OrderSerial(Table):
    """The last serial a channel gave out on a day, which is also how many orders it had."""

    channel = TextField()
    day = TextField()
    last = IntegerField(constraints=[positive("last")])
    surge_at = UtcField(null=True)

    class Meta:
        primary_key = CompositeKey("channel", "day")


class Task(Table):
    order = ForeignKeyField(Order, index=False)
    stage = TermField(Stage)
    round = IntegerField(constraints=[positive("round")])
    role = TermField(Role)
    priority = PriorityField(constraints=[Check('"priority" BETWEEN 1 AND 4')])
    assignee = ForeignKeyField(Staff, null=True, column_name="assignee", index=False)
    claimed_at = UtcField(null=True)
    started_at = UtcField()
    due_at = UtcField()
    done_at = UtcField(null=True)
    done_by = TextField(null=True)
    outcome = TermField(TaskOutcome, null=True)
    overdue_reason = TextField(null=True)
    alert_at = UtcField(null=True)
    alert_level = IntegerField(null=True)

    class Meta:
        indexes = ((("order", "stage", "round"), True),)
        constraints = [Check('("done_at" IS NULL) = ("outcome" IS NULL)')]


Task.add_index(
    SQL(
        'CREATE UNIQUE INDEX IF NOT EXISTS "task_open" ON "task" ("order_id", "stage") '
        'WHERE "done_at" IS NULL'
    )
)
Task.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "task_queue" ON "task" '
        '("role", "priority", "due_at", "order_id") WHERE "done_at" IS NULL'
    )
)
Task.add_index(
    SQL('CREATE INDEX IF NOT EXISTS "task_assignee" ON "task" ("assignee") WHERE "done_at" IS NULL')
)
Task.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "task_done" ON "task" '
        '("done_at", "stage", "done_by", "outcome") WHERE "done_at" IS NOT NULL'
    )
)
Task.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "task_alert" ON "task" ("alert_at") '
        'WHERE "alert_at" IS NOT NULL'
    )
)


class Pause(Table):
    """A span in which a task's clock stands still."""

    task = ForeignKeyField(Task)
    reason = TermField(PauseReason)
    started_at = UtcField()
    expected_at = UtcField(null=True)
    ended_at = UtcField(null=True)


Pause.add_index(
    SQL(
        'CREATE UNIQUE INDEX IF NOT EXISTS "pause_open" ON "pause" ("task_id", "reason") '
        'WHERE "ended_at" IS NULL'
    )
)


class OrderException(Table):
    order = ForeignKeyField(Order)
    kind = TermField(ExceptionKind)
    role = TermField(Role)
    priority = PriorityField(constraints=[Check('"priority" BETWEEN 1 AND 4')])
    detail = TextField()
    opened_at = UtcField(index=True)
    opened_by = TextField()
    due_at = UtcField()
    alert_at = UtcField(null=True)
    alert_level = IntegerField(null=True)
    resolved_at = UtcField(null=True)
    resolved_by = TextField(null=True)
    path = TermField(ExceptionPath, null=True)
    resolution = TextField(default="")

    class Meta:
        constraints = [Check('("resolved_at" IS NULL) = ("path" IS NULL)')]


OrderException.add_index(
    SQL(
        'CREATE UNIQUE INDEX IF NOT EXISTS "order_exception_open" ON "order_exception" '
        '("order_id", "kind") WHERE "resolved_at" IS NULL'
    )
)
OrderException.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "order_exception_queue" ON "order_exception" '
        '("role", "priority", "due_at", "order_id") WHERE "resolved_at" IS NULL'
    )
)
OrderException.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "order_exception_alert" ON "order_exception" ("alert_at") '
        'WHERE "alert_at" IS NOT NULL'
    )
)
OrderException.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "order_exception_resolved" ON "order_exception" '
        '("resolved_at") WHERE "resolved_at" IS NOT NULL'
    )
)


class Shipment(Table):
    order = ForeignKeyField(Order)
    round = IntegerField(constraints=[positive("round")])
    carrier = TextField()
    waybill = TextField(index=True)
    shipped_at = UtcField(index=True)
    eta = UtcField(null=True)
    signed_at = UtcField(null=True)
    replaced_at = UtcField(null=True)
    poll_at = UtcField(null=True)
    poll_failures = IntegerField(default=0, constraints=[not_negative("poll_failures")])


Shipment.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "shipment_unsigned" ON "shipment" ("poll_at") '
        'WHERE "signed_at" IS NULL AND "replaced_at" IS NULL'
    )
)


class Allocation(Table):
    """Stock held for a line until it is shipped or released."""

    line = ForeignKeyField(OrderLine)
    sku = TextField()
    round = IntegerField(constraints=[positive("round")])
    quantity = IntegerField(constraints=[positive("quantity")])
    allocated_at = UtcField()
    released_at = UtcField(null=True)
    shipment = ForeignKeyField(Shipment, null=True, index=False)

    class Meta:
        constraints = [Check('"released_at" IS NULL OR "shipment_id" IS NULL')]


Allocation.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "allocation_open" ON "allocation" ("sku", "quantity") '
        'WHERE "released_at" IS NULL AND "shipment_id" IS NULL'
    )
)
# Of shipped pieces only: else SQLite finds a line's held ones among all that were ever held.
Allocation.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "allocation_shipment" ON "allocation" ("shipment_id") '
        'WHERE "shipment_id" IS NOT NULL'
    )
)


class StockMovement(Table):
    """Pieces that came (positive) or went (negative); never changed, on hand is their sum."""

    sku = TextField()
    kind = TermField(MovementKind)
    quantity = IntegerField(constraints=[Check('"quantity" <> 0')])
    at = UtcField()
    order = ForeignKeyField(Order, null=True)
    file = ForeignKeyField(ImportFile, null=True, index=False)

    class Meta:
        indexes = ((("sku", "id", "quantity"), False),)


class StockCheckpoint(Table):
    """What a SKU's movements came to up to and with one of them; 0 is before the first."""

    sku = TextField(primary_key=True)
    movement_id = IntegerField(constraints=[not_negative("movement_id")])
    on_hand = IntegerField()


class Inspection(Table):
    """What came back of a line, and what became of it."""

    line = ForeignKeyField(OrderLine)
    restocked = IntegerField(constraints=[not_negative("restocked")])
    scrapped = IntegerField(constraints=[not_negative("scrapped")])
    at = UtcField()
    by = TextField()
    withdrawn_at = UtcField(null=True)


class Refund(Table):
    order = ForeignKeyField(Order)
    amount = BigIntegerField(constraints=[not_negative("amount")])
    currency = TextField()
    reference = TextField()
    at = UtcField()
    by = TextField()
    withdrawn_at = UtcField(null=True)


class TrackingUpdate(Table):
    carrier = TextField()
    waybill = TextField()
    state = TermField(TrackingState)
    at = UtcField()
    description = TextField()

    class Meta:
        indexes = ((("waybill", "carrier", "at", "state"), True),)


class SurveyReply(Table):
    order = ForeignKeyField(Order, primary_key=True)
    speed = IntegerField(constraints=[Check('"speed" BETWEEN 1 AND 5')])
    accuracy = IntegerField(constraints=[Check('"accuracy" BETWEEN 1 AND 5')])
    service = IntegerField(constraints=[Check('"service" BETWEEN 1 AND 5')])
    comment = TextField()
    at = UtcField(index=True)


class Notification(Table):
    """What a person is told of: once for each matter and level."""

    recipient = ForeignKeyField(Staff, column_name="recipient", index=False)
    kind = TermField(NoticeKind)
    order_number = TextField(null=True)
    subject = TextField()
    level = IntegerField(constraints=[not_negative("level")])
    payload = TextField()
    raised_at = UtcField()
    acknowledged_at = UtcField(null=True)

    class Meta:
        indexes = ((("recipient", "kind", "subject", "level"), True),)


Notification.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "notification_unread" ON "notification" '
        '("recipient", "raised_at") WHERE "acknowledged_at" IS NULL'
    )
)
Notification.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "notification_subject" ON "notification" ("subject") '
        'WHERE "acknowledged_at" IS NULL'
    )
)


class Escalation(Table):
    """A level of its ladder that something has reached: once for each subject and level."""

    subject = TextField()
    level = IntegerField(constraints=[not_negative("level")])
    cause = TermField(EscalationCause)
    order_number = TextField(null=True)
    due_at = UtcField()
    raised_at = UtcField(index=True)

    class Meta:
        primary_key = CompositeKey("subject", "level")


class Message(Table):
    """Something to be sent, kept with its cause; ``key`` lets a gateway drop a repeat.

    ``next_try_at`` is None once nothing more is to be done; while a try is being made it is when
    that try counts as lost. ``trouble`` is that of the last try, and "" while one is being made.
    """

    key = TextField(unique=True)
    kind = TermField(MessageKind)
    order = ForeignKeyField(Order, null=True)
    recipient = ForeignKeyField(Staff, null=True, column_name="recipient", index=False)
    facts = TextField()
    queued_at = UtcField(index=True)
    due_at = UtcField()
    next_try_at = UtcField(null=True)
    attempts = IntegerField(default=0, constraints=[not_negative("attempts")])
    sender = TextField(default="")
    receipt = TextField(default="")
    trouble = TextField(default="")
    sent_at = UtcField(null=True)
    given_up_at = UtcField(null=True)
    withdrawn_at = UtcField(null=True)
    alert_at = UtcField(null=True)
    alert_level = IntegerField(null=True)

    class Meta:
        constraints = [Check('("order_id" IS NULL) = ("recipient" IS NOT NULL)')]


Message.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "message_next" ON "message" ("next_try_at") '
        'WHERE "next_try_at" IS NOT NULL'
    )
)
Message.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "message_alert" ON "message" ("alert_at") '
        'WHERE "alert_at" IS NOT NULL'
    )
)
Message.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "message_given_up" ON "message" ("given_up_at") '
        'WHERE "given_up_at" IS NOT NULL AND "sent_at" IS NULL AND "withdrawn_at" IS NULL'
    )
)


class Handover(Table):
    """What one shift told the next: ``summary`` is the state of the role's work as JSON.

    ``passed_at`` is when all that its giver had in hand was in the taker's hands.
    """

    role = TermField(Role)
    shift = TextField()
    given_by = ForeignKeyField(Staff, column_name="given_by", index=False)
    given_at = UtcField(index=True)
    remark = TextField()
    summary = TextField()
    taken_by = ForeignKeyField(Staff, null=True, column_name="taken_by", index=False)
    taken_at = UtcField(null=True)
    passed_at = UtcField(null=True)

    class Meta:
        constraints = [Check('("taken_by" IS NULL) = ("taken_at" IS NULL)')]


Handover.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "handover_open" ON "handover" ("role", "given_at") '
        'WHERE "passed_at" IS NULL'
    )
)


class Measure(Table):
    """What a weekly review agreed to do against ``cause``, by whom and until which day.

    ``week`` and ``due_on`` are site-local days, YYYY-MM-DD; a week is named by its Monday.
    ``baseline`` is how often the cause was met in the week of the review.
    """

    week = TextField(index=True)
    cause = TextField()
    text = TextField()
    responsible = ForeignKeyField(Staff, column_name="responsible", index=False)
    due_on = TextField()
    baseline = IntegerField(constraints=[not_negative("baseline")])
    agreed_at = UtcField()
    agreed_by = TextField()
    finished_at = UtcField(null=True)
    finished_by = TextField(null=True)
    outcome = TermField(MeasureOutcome, null=True)
    remark = TextField(default="")

    class Meta:
        constraints = [Check('("finished_at" IS NULL) = ("outcome" IS NULL)')]


Measure.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "measure_open" ON "measure" ("due_on") '
        'WHERE "finished_at" IS NULL'
    )
)


class StaffKey(Table):
    """An SSH key with which a person signs in."""

    fingerprint = TextField(primary_key=True)
    badge = ForeignKeyField(Staff, column_name="badge")
    key = TextField()
    added_at = UtcField()


class Timetable(Table):
    """The limits, shifts and calendar that the due times on record were worked out with."""

    id = IntegerField(primary_key=True, constraints=[Check('"id" = 1')])
    content = TextField()
    since = UtcField()


class Heartbeat(Table):
    """When a duty was last seen at work, and where."""

    duty = TextField(primary_key=True)
    at = UtcField()
    station = TextField()


class WrongPin(Table):
    """The wrong PINs that were given of a person since the last right one."""

    staff = ForeignKeyField(Staff, primary_key=True, column_name="staff")
    tries = IntegerField(constraints=[positive("tries")])
    at = UtcField()


class SavedView(Table):
    """A filter that a person named, to come back to in one of their roles."""

    staff = ForeignKeyField(Staff, column_name="staff", index=False)
    role = TermField(Role)
    name = TextField()
    filter = TextField()  # type: ignore[assignment]  # over a method of peewee's that we never call

    class Meta:
        primary_key = CompositeKey("staff", "role", "name")


class Event(Table):
    """One line of the audit trail."""

    id = IntegerField(primary_key=True)
    at = UtcField()
    actor = TextField()
    station = TextField()
    order_number = TextField(null=True, index=True)
    kind = TextField()
    payload = TextField(null=True)
    payload_hash = TextField()
    previous_hash = TextField()
    hash = TextField()


class TrailHead(Table):
    """Where the trail ends; updating it is also what makes writers take turns."""

    id = IntegerField(primary_key=True, constraints=[Check('"id" = 1')])
    last_event = IntegerField()
    last_hash = TextField()


TABLES: tuple[type[Table], ...] = (
    Staff,
    Product,
    Customer,
    ImportFile,
    Order,
    ChannelVersion,
    OrderLine,
    OrderSerial,
    Task,
    Pause,
    OrderException,
    Shipment,
    Allocation,
    StockMovement,
    StockCheckpoint,
    Inspection,
    Refund,
    TrackingUpdate,
    SurveyReply,
    Notification,
    Escalation,
    Message,
    Handover,
    Measure,
    StaffKey,
    Timetable,
    Heartbeat,
    WrongPin,
    SavedView,
    Event,
    TrailHead,
)
