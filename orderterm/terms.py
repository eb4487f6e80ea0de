"""The words of the trade: every state, role and kind, with its label in both languages.

The values are what the database, the command line and JSON carry; the labels are what people read.
"""

from enum import StrEnum
from typing import Literal, Self

Language = Literal["zh", "en"]


class Term(StrEnum):
    """A word with a Chinese and an English label."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str = "", en: str | None = None) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en if en is not None else value.replace("_", " ")
        return member

    def label(self, language: Language) -> str:
        """The word as a person reads it in ``language``."""
        return self.zh if language == "zh" else self.en


class ChannelKind(Term):
    ECOMMERCE = "ecommerce", "电商", "e-commerce"
    STORE = "store", "线下"
    DEALER = "dealer", "经销商"


class ChannelStatus(Term):
    """What the channel itself says of an order, in the order in which it can only advance."""

    UNPAID = "unpaid", "待付款"
    OPEN = "open", "待发货"
    SHIPPED = "shipped", "已发货"
    COMPLETED = "completed", "交易成功"
    CANCELLED = "cancelled", "已关闭"

    @property
    def rank(self) -> int:
        """0 for the first; an export in which an order's rank falls is older than the last one."""
        return list(ChannelStatus).index(self)


class Nature(Term):
    STANDARD = "standard", "常规"
    CUSTOM = "custom", "定制"
    RETURN = "return", "退货"
    EXCHANGE = "exchange", "换货"


class Condition(Term):
    NORMAL = "normal", "正常"
    PENDING_REVIEW = "pending_review", "待审核"
    EXCEPTION = "exception", "异常"
    AWAITING_INFORMATION = "awaiting_information", "待补充"
    AWAITING_STOCK = "awaiting_stock", "待调货"
    ON_HOLD = "on_hold", "挂起"
    CANCELLED = "cancelled", "已取消"
    COMPLETED = "completed", "已完成"


class Priority(Term):
    URGENT = "urgent", "紧急"
    HIGH = "high", "高"
    NORMAL = "normal", "常规"
    LOW = "low", "低"

    @property
    def rank(self) -> int:
        """1 for the most urgent; queues sort by it, and the database keeps it."""
        return _PRIORITY_RANKS[self]

    @classmethod
    def of_rank(cls, rank: int) -> "Priority":
        """The priority the database keeps as ``rank``."""
        return _PRIORITIES[rank - 1]


_PRIORITIES = tuple(Priority)
_PRIORITY_RANKS = {priority: rank for rank, priority in enumerate(_PRIORITIES, start=1)}


class Stage(Term):
    REVIEW = "review", "审核"
    RECEIVING = "receiving", "收货验收"
    ALLOCATION = "allocation", "库存锁定"
    PREPARATION = "preparation", "备货"
    SHIPPING = "shipping", "发货"
    TRACKING = "tracking", "物流跟踪"
    REFUND = "refund", "退款"
    CONFIRMATION = "confirmation", "客户确认"


class Role(Term):
    SALES = "sales", "销售"
    REVIEWER = "reviewer", "审核"
    INVENTORY = "inventory", "库存"
    PREPARATION = "preparation", "备货"
    SHIPPING = "shipping", "发货"
    TRACKING = "tracking", "跟踪"
    PURCHASING = "purchasing", "采购"
    FINANCE = "finance", "财务"
    EXCEPTIONS = "exceptions", "异常处理"
    MANAGER = "manager", "经理"
    SUPERVISOR = "supervisor", "主管"
    ADMIN = "admin", "管理员", "administrator"


class ExceptionKind(Term):
    SHORTAGE = "shortage", "库存不足"
    INFORMATION = "information", "信息错误"
    CARRIER_DELAY = "carrier_delay", "物流延迟"
    CHANGE_REQUEST = "change_request", "需求变更"
    FOLLOW_UP = "follow_up", "回访跟进"
    OTHER = "other", "其他"


class ExceptionPath(Term):
    """The standard ways to resolve an exception."""

    TRANSFER = "transfer", "调货"
    DELAY = "delay", "客户同意延期"
    SUBSTITUTE = "substitute", "替换"
    SPLIT = "split", "拆单"
    CANCEL = "cancel", "取消"
    ARRIVED = "arrived", "到货", "stock arrived"
    COMPLETE = "complete", "补充信息", "fields completed"
    EXPEDITE = "expedite", "加急派送"
    RECARRY = "recarry", "更换物流商", "another carrier"
    ACCEPT = "accept", "接受变更", "accepted"
    REFUSE = "refuse", "拒绝变更", "refused"
    RETURN = "return", "转退货", "taken as a return"
    SETTLE = "settle", "处理完毕", "settled"


class Tag(Term):
    EXPEDITED = "expedited", "加急"
    CUSTOM = "custom", "定制"
    PREFERRED_CARRIER = "preferred_carrier", "指定物流"


class TaskOutcome(Term):
    DONE = "done", "完成"
    WITHDRAWN = "withdrawn", "收回"
    UNDONE = "undone", "撤销"


class PauseReason(Term):
    CUSTOMER = "customer", "等待客户", "waiting for the customer"
    STOCK = "stock", "等待库存", "waiting for stock"


class MovementKind(Term):
    COUNT = "count", "盘点"
    RECEIPT = "receipt", "入库"
    SHIPMENT = "shipment", "出库"
    RESTOCK = "restock", "退货入库"
    SCRAP = "scrap", "报废"
    REVERSAL = "reversal", "冲回"


class NoticeKind(Term):
    """What a person is notified of."""

    OVERDUE = "overdue", "超时"
    DUE_SOON = "due_soon", "临期", "due soon"
    STOCK_OUT = "stock_out", "缺货", "stock-out"
    INFORMATION = "information", "待补充", "missing information"
    MESSAGE_FAILED = "message_failed", "通知失败", "failed message"
    FOLLOW_UP = "follow_up", "回访跟进"
    HANDOVER = "handover", "交接班"


class EscalationCause(Term):
    """Why something rose to a level of its ladder; level 0 is due soon."""

    DUE_SOON = "due_soon", "临期", "due soon"
    OVERDUE = "overdue", "超时"
    UNACKNOWLEDGED = "unacknowledged", "无人确认"


class MessageKind(Term):
    """What is sent out: to the customer, or (an escalation) to staff."""

    SHIPPING_NOTICE = "shipping_notice", "发货通知"
    DELAY_NOTICE = "delay_notice", "延期通知"
    SURVEY = "survey", "满意度回访"
    ESCALATION = "escalation", "升级通知"


class MeasureOutcome(Term):
    """What became of a measure that a weekly review agreed on."""

    WORKED = "worked", "有效"
    DID_NOT_WORK = "did_not_work", "无效"
    DROPPED = "dropped", "放弃"


class FileKind(Term):
    ORDERS = "orders", "订单"
    PRODUCTS = "products", "产品"
    STOCK = "stock", "库存"
    CUSTOMERS = "customers", "客户"
    TRACKING = "tracking", "物流轨迹"
    SURVEY = "survey", "满意度回访"


class FileStatus(Term):
    STARTED = "started", "导入中"
    DONE = "done", "已导入"
    REJECTED = "rejected", "已拒收"


class TrackingState(Term):
    """What a parcel's journey comes down to, whichever carrier or aggregator tells it."""

    AWAITING_PICKUP = "awaiting_pickup", "待揽收"
    PICKED_UP = "picked_up", "已揽收"
    IN_TRANSIT = "in_transit", "在途"
    OUT_FOR_DELIVERY = "out_for_delivery", "派件中"
    AWAITING_COLLECTION = "awaiting_collection", "待取件"
    SIGNED = "signed", "已签收"
    DELIVERY_FAILED = "delivery_failed", "派送失败"
    PROBLEM = "problem", "异常"
    RETURNING = "returning", "退回中"
    RETURNED = "returned", "已退回"
    REFUSED = "refused", "拒签"
    CUSTOMS = "customs", "清关"
    UNKNOWN = "unknown", "未知"
    EXPIRED = "expired", "查询中断", "no longer followed"


FLOWS: dict[Nature, tuple[Stage, ...]] = {
    Nature.STANDARD: (
        Stage.REVIEW,
        Stage.ALLOCATION,
        Stage.PREPARATION,
        Stage.SHIPPING,
        Stage.TRACKING,
        Stage.CONFIRMATION,
    ),
    Nature.CUSTOM: (
        Stage.REVIEW,
        Stage.ALLOCATION,
        Stage.PREPARATION,
        Stage.SHIPPING,
        Stage.TRACKING,
        Stage.CONFIRMATION,
    ),
    Nature.RETURN: (Stage.REVIEW, Stage.RECEIVING, Stage.REFUND, Stage.CONFIRMATION),
    Nature.EXCHANGE: (
        Stage.REVIEW,
        Stage.RECEIVING,
        Stage.ALLOCATION,
        Stage.PREPARATION,
        Stage.SHIPPING,
        Stage.TRACKING,
        Stage.CONFIRMATION,
    ),
}
"""The stages of an order of each nature, in order."""

STAGE_ROLES: dict[Stage, Role] = {
    Stage.REVIEW: Role.REVIEWER,
    Stage.RECEIVING: Role.INVENTORY,
    Stage.ALLOCATION: Role.INVENTORY,
    Stage.PREPARATION: Role.PREPARATION,
    Stage.SHIPPING: Role.SHIPPING,
    Stage.TRACKING: Role.TRACKING,
    Stage.REFUND: Role.FINANCE,
    Stage.CONFIRMATION: Role.TRACKING,
}
"""Who is responsible for each stage."""

EXCEPTION_ROLES: dict[ExceptionKind, Role] = {
    ExceptionKind.SHORTAGE: Role.PURCHASING,
    ExceptionKind.INFORMATION: Role.SALES,
    ExceptionKind.CARRIER_DELAY: Role.EXCEPTIONS,
    ExceptionKind.CHANGE_REQUEST: Role.SALES,
    ExceptionKind.FOLLOW_UP: Role.MANAGER,
    ExceptionKind.OTHER: Role.EXCEPTIONS,
}
"""Who is responsible for each kind of exception."""

EXCEPTION_PATHS: dict[ExceptionKind, tuple[ExceptionPath, ...]] = {
    ExceptionKind.SHORTAGE: (
        ExceptionPath.TRANSFER,
        ExceptionPath.DELAY,
        ExceptionPath.SUBSTITUTE,
        ExceptionPath.SPLIT,
        ExceptionPath.CANCEL,
    ),
    ExceptionKind.INFORMATION: (ExceptionPath.COMPLETE, ExceptionPath.CANCEL),
    ExceptionKind.CARRIER_DELAY: (ExceptionPath.EXPEDITE, ExceptionPath.RECARRY),
    ExceptionKind.CHANGE_REQUEST: (
        ExceptionPath.ACCEPT,
        ExceptionPath.REFUSE,
        ExceptionPath.RETURN,
    ),
    ExceptionKind.FOLLOW_UP: (ExceptionPath.SETTLE,),
    ExceptionKind.OTHER: (ExceptionPath.SETTLE, ExceptionPath.CANCEL),
}
"""The ways out of each kind of exception that a person may take."""


class EventKind(Term):
    """What a line of the audit trail tells."""

    RECEIVED = "received", "接收"
    CHANNEL_STATUS = "channel_status", "渠道状态", "channel status"
    CLAIMED = "claimed", "领取"
    STAGE_DONE = "stage_done", "完成", "done"
    UNDONE = "undone", "撤销"
    REASSIGNED = "reassigned", "转派"
    PRIORITY_CHANGED = "priority_changed", "调整优先级"
    HELD = "held", "挂起", "put on hold"
    RELEASED = "released", "解除挂起"
    CANCELLED = "cancelled", "取消"
    EXCEPTION_RAISED = "exception_raised", "异常"
    EXCEPTION_RESOLVED = "exception_resolved", "异常解决"
    EXCEPTION_UPDATED = "exception_updated", "异常更新"
    CHANGED = "changed", "变更"
    SPLIT = "split", "拆单"
    STOCK_COUNTED = "stock_counted", "盘点"
    DEALLOCATED = "deallocated", "解除锁定"
    CATALOGUE = "catalogue", "产品目录"
    CUSTOMERS = "customers", "客户资料"
    TRACKED = "tracked", "物流更新"
    SURVEYED = "surveyed", "回访"
    STAFF_ADDED = "staff_added", "新增员工"
    STAFF_DISABLED = "staff_disabled", "停用员工"
    FILE_TAKEN = "file_taken", "导入文件"
    ERASED = "erased", "清除个人信息", "personal data erased"
    NOTED = "noted", "沟通记录", "note"
    ESCALATED = "escalated", "升级"
    MESSAGE_SENT = "message_sent", "通知已发送", "message sent"
    MESSAGE_GIVEN_UP = "message_given_up", "通知未送达", "message given up"
    MESSAGE_WITHDRAWN = "message_withdrawn", "通知撤回", "message withdrawn"
    MESSAGE_RETRIED = "message_retried", "重发通知", "message sent again"
    TIMETABLE_CHANGED = "timetable_changed", "时限或班次变更", "limits or shifts changed"
    HANDED_OVER = "handed_over", "交班"
    TAKEN_OVER = "taken_over", "接班"
    MEASURE_AGREED = "measure_agreed", "确定改进措施", "measure agreed"
    MEASURE_FINISHED = "measure_finished", "改进措施结案", "measure finished"
    PIN_SET = "pin_set", "设置 PIN", "PIN set"
    CONTACT_SET = "contact_set", "设置联系方式", "contact set"
    KEY_ADDED = "key_added", "添加 SSH 密钥", "SSH key added"
    KEY_REMOVED = "key_removed", "移除 SSH 密钥", "SSH key removed"


STAGE_DONE: dict[Stage, tuple[str, str]] = {
    Stage.REVIEW: ("审核通过", "review passed"),
    Stage.RECEIVING: ("收货验收", "return received"),
    Stage.ALLOCATION: ("库存锁定", "stock allocated"),
    Stage.PREPARATION: ("备货完成", "prepared"),
    Stage.SHIPPING: ("已发货", "shipped"),
    Stage.TRACKING: ("已签收", "signed for"),
    Stage.REFUND: ("已退款", "refunded"),
    Stage.CONFIRMATION: ("客户确认", "confirmed by the customer"),
}
"""How an order's story tells that a stage is done, in Chinese and in English."""
