"""The first schema: orders, tasks, exceptions, stock, parcels, staff, and the audit trail.

A frozen copy: it stays as it is when the tables go on.
"""

from typing import Any

from peewee import (
    SQL,
    BigIntegerField,
    Check,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

FILE_KIND_WORDS = ("orders", "products", "stock", "customers", "tracking", "survey")
FILE_STATUS_WORDS = ("started", "done", "rejected")
CHANNEL_KIND_WORDS = ("ecommerce", "store", "dealer")
CHANNEL_STATUS_WORDS = ("unpaid", "open", "shipped", "completed", "cancelled")
NATURE_WORDS = ("standard", "custom", "return", "exchange")
CONDITION_WORDS = (
    "normal",
    "pending_review",
    "exception",
    "awaiting_information",
    "awaiting_stock",
    "on_hold",
    "cancelled",
    "completed",
)
STAGE_WORDS = (
    "review",
    "receiving",
    "allocation",
    "preparation",
    "shipping",
    "tracking",
    "refund",
    "confirmation",
)
ROLE_WORDS = (
    "sales",
    "reviewer",
    "inventory",
    "preparation",
    "shipping",
    "tracking",
    "purchasing",
    "finance",
    "exceptions",
    "manager",
    "supervisor",
    "admin",
)
TASK_OUTCOME_WORDS = ("done", "withdrawn", "undone")
PAUSE_REASON_WORDS = ("customer", "stock")
EXCEPTION_KIND_WORDS = (
    "shortage",
    "information",
    "carrier_delay",
    "change_request",
    "follow_up",
    "other",
)
PATH_WORDS = (
    "transfer",
    "delay",
    "substitute",
    "split",
    "cancel",
    "arrived",
    "complete",
    "expedite",
    "recarry",
    "accept",
    "refuse",
    "return",
    "settle",
)
MOVEMENT_KIND_WORDS = ("count", "receipt", "shipment", "restock", "scrap", "reversal")
NOTICE_KIND_WORDS = (
    "overdue",
    "due_soon",
    "stock_out",
    "information",
    "message_failed",
    "follow_up",
    "handover",
)
ESCALATION_CAUSE_WORDS = ("due_soon", "overdue", "unacknowledged")
MESSAGE_KIND_WORDS = ("shipping_notice", "delay_notice", "survey", "escalation")
MEASURE_OUTCOME_WORDS = ("worked", "did_not_work", "dropped")
TRACKING_STATE_WORDS = (
    "awaiting_pickup",
    "picked_up",
    "in_transit",
    "out_for_delivery",
    "awaiting_collection",
    "signed",
    "delivery_failed",
    "problem",
    "returning",
    "returned",
    "refused",
    "customs",
    "unknown",
    "expired",
)

TRIGGERS = (
    """\
CREATE TRIGGER "event_no_replace" BEFORE INSERT ON "event"
WHEN EXISTS (SELECT 1 FROM "event" WHERE "id" = NEW."id")
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END""",
    """\
CREATE TRIGGER "event_no_delete" BEFORE DELETE ON "event"
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END""",
    """\
CREATE TRIGGER "event_no_update" BEFORE UPDATE ON "event"
WHEN NEW."payload" IS NOT NULL OR OLD."payload" IS NULL
  OR NEW."id" <> OLD."id" OR NEW."at" <> OLD."at" OR NEW."actor" <> OLD."actor"
  OR NEW."station" <> OLD."station" OR NEW."order_number" IS NOT OLD."order_number"
  OR NEW."kind" <> OLD."kind" OR NEW."payload_hash" <> OLD."payload_hash"
  OR NEW."previous_hash" <> OLD."previous_hash" OR NEW."hash" <> OLD."hash"
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END""",
)


class Table(Model):
    class Meta:
        strict_tables = True
        legacy_table_names = False


def word(column: str, words: tuple[str, ...], **options: Any) -> TextField:
    listed = ", ".join(f"'{one}'" for one in words)
    return TextField(constraints=[Check(f'"{column}" IN ({listed})')], **options)


def positive(column: str) -> Any:
    return Check(f'"{column}" > 0')


def not_negative(column: str) -> Any:
    return Check(f'"{column}" >= 0')


class Staff(Table):
    badge = TextField(primary_key=True)
    name = TextField()
    roles = TextField()
    superior = ForeignKeyField("self", null=True, column_name="superior")
    contact = TextField(default="")
    pin_hash = TextField(default="")
    created_at = TextField()
    disabled_at = TextField(null=True)


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
    name = TextField()
    content_hash = TextField(index=True)
    channel = TextField()
    kind = word("kind", FILE_KIND_WORDS)
    profile = TextField()
    exported_at = TextField(null=True)
    taken_at = TextField()
    finished_at = TextField(null=True)
    status = word("status", FILE_STATUS_WORDS)
    reason = TextField(default="")


class Order(Table):
    number = TextField(unique=True)
    channel = TextField()
    channel_kind = word("channel_kind", CHANNEL_KIND_WORDS)
    shop = TextField()
    channel_order_number = TextField()
    source_key = TextField()
    channel_status = word("channel_status", CHANNEL_STATUS_WORDS)
    channel_seen_at = TextField(null=True)
    fingerprint = TextField()
    file = ForeignKeyField(ImportFile, null=True)
    origin = ForeignKeyField("self", null=True)
    nature = word("nature", NATURE_WORDS)
    condition = word("condition", CONDITION_WORDS)
    priority = IntegerField(constraints=[Check('"priority" BETWEEN 1 AND 4')])
    priority_rule = TextField()
    priority_reason = TextField(default="")
    tags = TextField()
    preferred_carrier = TextField()
    customer_name = TextField(index=True)
    customer_level = TextField()
    contact = TextField()
    contact_tail = TextField(index=True)
    address = TextField()
    special_request = TextField()
    note = TextField()
    ordered_at = TextField(null=True)
    received_at = TextField()
    ship_by = TextField(null=True)
    held_at = TextField(null=True)
    cancelled_at = TextField(null=True)
    completed_at = TextField(null=True)

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
    order = ForeignKeyField(Order)
    fingerprint = TextField()
    seen_at = TextField()

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
    removed_at = TextField(null=True)

    class Meta:
        indexes = ((("order", "position"), True), (("sku", "order"), False))


class OrderSerial(Table):
    channel = TextField()
    day = TextField()
    last = IntegerField(constraints=[positive("last")])
    surge_at = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("channel", "day")


class Task(Table):
    order = ForeignKeyField(Order, index=False)
    stage = word("stage", STAGE_WORDS)
    round = IntegerField(constraints=[positive("round")])
    role = word("role", ROLE_WORDS)
    priority = IntegerField(constraints=[Check('"priority" BETWEEN 1 AND 4')])
    assignee = ForeignKeyField(Staff, null=True, column_name="assignee", index=False)
    claimed_at = TextField(null=True)
    started_at = TextField()
    due_at = TextField()
    done_at = TextField(null=True)
    done_by = TextField(null=True)
    outcome = word("outcome", TASK_OUTCOME_WORDS, null=True)
    overdue_reason = TextField(null=True)
    alert_at = TextField(null=True)
    alert_level = IntegerField(null=True)

    class Meta:
        indexes = ((("order", "stage", "round"), True),)
        constraints = (Check('("done_at" IS NULL) = ("outcome" IS NULL)'),)


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
    task = ForeignKeyField(Task)
    reason = word("reason", PAUSE_REASON_WORDS)
    started_at = TextField()
    expected_at = TextField(null=True)
    ended_at = TextField(null=True)


Pause.add_index(
    SQL(
        'CREATE UNIQUE INDEX IF NOT EXISTS "pause_open" ON "pause" ("task_id", "reason") '
        'WHERE "ended_at" IS NULL'
    )
)


class OrderException(Table):
    order = ForeignKeyField(Order)
    kind = word("kind", EXCEPTION_KIND_WORDS)
    role = word("role", ROLE_WORDS)
    priority = IntegerField(constraints=[Check('"priority" BETWEEN 1 AND 4')])
    detail = TextField()
    opened_at = TextField(index=True)
    opened_by = TextField()
    due_at = TextField()
    alert_at = TextField(null=True)
    alert_level = IntegerField(null=True)
    resolved_at = TextField(null=True)
    resolved_by = TextField(null=True)
    path = word("path", PATH_WORDS, null=True)
    resolution = TextField(default="")

    class Meta:
        constraints = (Check('("resolved_at" IS NULL) = ("path" IS NULL)'),)


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
    shipped_at = TextField(index=True)
    eta = TextField(null=True)
    signed_at = TextField(null=True)
    replaced_at = TextField(null=True)
    poll_at = TextField(null=True)
    poll_failures = IntegerField(default=0, constraints=[not_negative("poll_failures")])


Shipment.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "shipment_unsigned" ON "shipment" ("poll_at") '
        'WHERE "signed_at" IS NULL AND "replaced_at" IS NULL'
    )
)


class Allocation(Table):
    line = ForeignKeyField(OrderLine)
    sku = TextField()
    round = IntegerField(constraints=[positive("round")])
    quantity = IntegerField(constraints=[positive("quantity")])
    allocated_at = TextField()
    released_at = TextField(null=True)
    shipment = ForeignKeyField(Shipment, null=True, index=False)

    class Meta:
        constraints = (Check('"released_at" IS NULL OR "shipment_id" IS NULL'),)


Allocation.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "allocation_open" ON "allocation" ("sku", "quantity") '
        'WHERE "released_at" IS NULL AND "shipment_id" IS NULL'
    )
)
Allocation.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "allocation_shipment" ON "allocation" ("shipment_id") '
        'WHERE "shipment_id" IS NOT NULL'
    )
)


class StockMovement(Table):
    sku = TextField()
    kind = word("kind", MOVEMENT_KIND_WORDS)
    quantity = IntegerField(constraints=[Check('"quantity" <> 0')])
    at = TextField()
    order = ForeignKeyField(Order, null=True)
    file = ForeignKeyField(ImportFile, null=True, index=False)

    class Meta:
        indexes = ((("sku", "id", "quantity"), False),)


class StockCheckpoint(Table):
    sku = TextField(primary_key=True)
    movement_id = IntegerField(constraints=[not_negative("movement_id")])
    on_hand = IntegerField()


class Inspection(Table):
    line = ForeignKeyField(OrderLine)
    restocked = IntegerField(constraints=[not_negative("restocked")])
    scrapped = IntegerField(constraints=[not_negative("scrapped")])
    at = TextField()
    by = TextField()
    withdrawn_at = TextField(null=True)


class Refund(Table):
    order = ForeignKeyField(Order)
    amount = BigIntegerField(constraints=[not_negative("amount")])
    currency = TextField()
    reference = TextField()
    at = TextField()
    by = TextField()
    withdrawn_at = TextField(null=True)


class TrackingUpdate(Table):
    carrier = TextField()
    waybill = TextField()
    state = word("state", TRACKING_STATE_WORDS)
    at = TextField()
    description = TextField()

    class Meta:
        indexes = ((("waybill", "carrier", "at", "state"), True),)


class SurveyReply(Table):
    order = ForeignKeyField(Order, primary_key=True)
    speed = IntegerField(constraints=[Check('"speed" BETWEEN 1 AND 5')])
    accuracy = IntegerField(constraints=[Check('"accuracy" BETWEEN 1 AND 5')])
    service = IntegerField(constraints=[Check('"service" BETWEEN 1 AND 5')])
    comment = TextField()
    at = TextField(index=True)


class Notification(Table):
    recipient = ForeignKeyField(Staff, column_name="recipient", index=False)
    kind = word("kind", NOTICE_KIND_WORDS)
    order_number = TextField(null=True)
    subject = TextField()
    level = IntegerField(constraints=[not_negative("level")])
    payload = TextField()
    raised_at = TextField()
    acknowledged_at = TextField(null=True)

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
    subject = TextField()
    level = IntegerField(constraints=[not_negative("level")])
    cause = word("cause", ESCALATION_CAUSE_WORDS)
    order_number = TextField(null=True)
    due_at = TextField()
    raised_at = TextField(index=True)

    class Meta:
        primary_key = CompositeKey("subject", "level")


class Message(Table):
    key = TextField(unique=True)
    kind = word("kind", MESSAGE_KIND_WORDS)
    order = ForeignKeyField(Order, null=True)
    recipient = ForeignKeyField(Staff, null=True, column_name="recipient", index=False)
    facts = TextField()
    queued_at = TextField(index=True)
    due_at = TextField()
    next_try_at = TextField(null=True)
    attempts = IntegerField(default=0, constraints=[not_negative("attempts")])
    sender = TextField(default="")
    receipt = TextField(default="")
    trouble = TextField(default="")
    sent_at = TextField(null=True)
    given_up_at = TextField(null=True)
    withdrawn_at = TextField(null=True)
    alert_at = TextField(null=True)
    alert_level = IntegerField(null=True)

    class Meta:
        constraints = (Check('("order_id" IS NULL) = ("recipient" IS NOT NULL)'),)


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
    role = word("role", ROLE_WORDS)
    shift = TextField()
    given_by = ForeignKeyField(Staff, column_name="given_by", index=False)
    given_at = TextField(index=True)
    remark = TextField()
    summary = TextField()
    taken_by = ForeignKeyField(Staff, null=True, column_name="taken_by", index=False)
    taken_at = TextField(null=True)
    passed_at = TextField(null=True)

    class Meta:
        constraints = (Check('("taken_by" IS NULL) = ("taken_at" IS NULL)'),)


Handover.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "handover_open" ON "handover" ("role", "given_at") '
        'WHERE "passed_at" IS NULL'
    )
)


class Measure(Table):
    week = TextField(index=True)
    cause = TextField()
    text = TextField()
    responsible = ForeignKeyField(Staff, column_name="responsible", index=False)
    due_on = TextField()
    baseline = IntegerField(constraints=[not_negative("baseline")])
    agreed_at = TextField()
    agreed_by = TextField()
    finished_at = TextField(null=True)
    finished_by = TextField(null=True)
    outcome = word("outcome", MEASURE_OUTCOME_WORDS, null=True)
    remark = TextField(default="")

    class Meta:
        constraints = (Check('("finished_at" IS NULL) = ("outcome" IS NULL)'),)


Measure.add_index(
    SQL(
        'CREATE INDEX IF NOT EXISTS "measure_open" ON "measure" ("due_on") '
        'WHERE "finished_at" IS NULL'
    )
)


class StaffKey(Table):
    fingerprint = TextField(primary_key=True)
    badge = ForeignKeyField(Staff, column_name="badge")
    key = TextField()
    added_at = TextField()


class Timetable(Table):
    id = IntegerField(primary_key=True, constraints=[Check('"id" = 1')])
    content = TextField()
    since = TextField()


class Heartbeat(Table):
    duty = TextField(primary_key=True)
    at = TextField()
    station = TextField()


class WrongPin(Table):
    staff = ForeignKeyField(Staff, primary_key=True, column_name="staff")
    tries = IntegerField(constraints=[positive("tries")])
    at = TextField()


class SavedView(Table):
    staff = ForeignKeyField(Staff, column_name="staff", index=False)
    role = word("role", ROLE_WORDS)
    name = TextField()
    filter = TextField()

    class Meta:
        primary_key = CompositeKey("staff", "role", "name")


class Event(Table):
    id = IntegerField(primary_key=True)
    at = TextField()
    actor = TextField()
    station = TextField()
    order_number = TextField(null=True, index=True)
    kind = TextField()
    payload = TextField(null=True)
    payload_hash = TextField()
    previous_hash = TextField()
    hash = TextField()


class TrailHead(Table):
    id = IntegerField(primary_key=True, constraints=[Check('"id" = 1')])
    last_event = IntegerField()
    last_hash = TextField()


TABLES = (
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


def up(_: Any, db: Any) -> None:
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
    for trigger in TRIGGERS:
        db.execute_sql(trigger)
    db.execute_sql(
        "INSERT INTO trail_head (id, last_event, last_hash) "
        "VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')"
    )
