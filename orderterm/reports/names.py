"""What reports there are and in which formats: light, so that naming one loads nothing else."""

from orderterm.terms import Term


class ReportName(Term):
    """A report, as the command line calls it and as people do."""

    REGISTRATION = "registration", "订单信息登记表", "order registration"
    PRIORITY = "priority", "订单优先级判定表", "priority decisions"
    PROGRESS = "progress", "订单处理进度跟踪表", "order progress"
    SHORTAGE = "shortage", "库存锁定/缺货预警表", "stock locked and short"
    EXCEPTIONS = "exceptions", "异常订单处理记录表", "exceptions and what was done"
    SHIPPING = "shipping", "发货与物流跟踪表", "shipping and tracking"
    SURVEY = "survey", "客户满意度调研表", "customer satisfaction"
    WEEKLY = "weekly", "周复盘报告", "weekly review"
    HANDOVER = "handover", "交接班记录", "shift handover"


class Format(Term):
    """A kind of file."""

    XLSX = "xlsx", "Excel 工作簿", "Excel workbook"
    CSV = "csv", "CSV 文件", "CSV file"
    HTML = "html", "HTML 网页", "HTML page"
