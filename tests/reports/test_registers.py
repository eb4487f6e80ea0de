"""The registers as reports: their columns, and what stands in them."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from orderterm.errors import OrdertermError, Refusal
from orderterm.reports.catalogue import BUILDERS, period_of, usual_period
from orderterm.reports.document import NOTHING, Period
from orderterm.reports.making import file_name, make, sees_masked, write
from orderterm.reports.names import Format, ReportName
from orderterm.reports.registers.frame import Request
from orderterm.store.connection import snapshot
from orderterm.terms import ExceptionKind, Language, Stage
from orderterm.workflow import handover
from tests.contract.company import MONDAY, Company

DAY = MONDAY.date()
HEADINGS = {
    ReportName.REGISTRATION: (
        "订单编号 渠道 渠道订单号 店铺 导入批次/文件 下单时间 付款时间 接收时间 客户名称 客户等级 "
        "联系电话 收货地址 SKU编码 产品名称 规格型号 数量 单价 金额 订单属性 特殊要求 优先级 "
        "承诺发货时间 买家留言 卖家备注 核验结果 缺失项 状态"
    ),
    ReportName.PRIORITY: "订单编号 命中规则 判定优先级 人工调整 调整人 调整原因 判定时间",
    ReportName.PROGRESS: (
        "订单编号 优先级 环节 责任岗位 责任人 开始时间 时限 截止时间 完成时间 耗时 暂停时长 "
        "是否超时 超时时长 升级对象 升级时间 超时原因 颜色状态 备注"
    ),
    ReportName.SHORTAGE: (
        "订单编号 SKU 需求数量 可用数量 锁定数量 缺口数量 锁定人 锁定时间 处置 预计到货 "
        "通知采购时间 状态"
    ),
    ReportName.EXCEPTIONS: (
        "日期 异常编号 订单编号 客户 发生环节 异常类型 异常等级 异常描述 发现人 发现时间 责任人 "
        "处理措施 处理时限 完成时间 处理结果 是否通知客户 原因归类 改进措施 关闭人"
    ),
    ReportName.SHIPPING: (
        "订单编号 包裹号 物流公司 物流单号 发货时间 预计送达 最新轨迹 轨迹时间 物流状态 "
        "未签收时长 是否延迟 处理方案 签收时间 客户通知时间 客户通知渠道 客户通知结果"
    ),
    ReportName.SURVEY: (
        "订单编号 发送时间 渠道 发货速度(1–5) 产品准确性 服务体验 意见 回收时间 跟进人"
    ),
    ReportName.HANDOVER: (
        "班次 岗位 交班人 接班人 时间 在手订单数(按环节) 临期/超时清单 未结异常 未发通知 备注 "
        "接班确认"
    ),
}
"""The columns as the trade knows them."""


def asked(company: Company, **more: Any) -> Request:
    return Request(company.workplace.settings, Period(DAY, DAY), company.now, **more)


def table(
    company: Company, name: ReportName, language: Language = "zh", **more: Any
) -> list[dict[str, str]]:
    """The rows of a report's first section, by heading."""
    file = io.BytesIO()
    write(name, asked(company, **more), Format.CSV, language, file)
    lines = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    lines = lines[len(lines[0]) == 1 :]  # the section's title, where there are several
    end = lines.index([]) if [] in lines else len(lines)
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:end]]


@pytest.mark.parametrize("name", HEADINGS)
def test_the_headings_are_those_of_the_trade(company: Company, name: ReportName) -> None:
    with snapshot():
        found = BUILDERS[name](asked(company)).sections[0].columns
    assert [column.title.text("zh") for column in found] == HEADINGS[name].split()


def test_every_report_is_made_in_every_format_and_language(company: Company) -> None:
    company.order()
    for name in BUILDERS:
        for kind in Format:
            for language in ("zh", "en"):
                file = io.BytesIO()
                write(name, asked(company), kind, "zh" if language == "zh" else "en", file)
                assert file.getvalue()


def test_a_report_without_rows_says_what_there_is_none_of(company: Company) -> None:
    for name in BUILDERS:
        with snapshot():
            sections = BUILDERS[name](asked(company)).sections
            empty = [one.empty for one in sections if not list(one.rows)]
        assert empty
        assert NOTHING not in empty
    file = io.BytesIO()
    write(ReportName.SHORTAGE, asked(company), Format.HTML, "en", file)
    assert b">No SKU is short or below its safety stock</td>" in file.getvalue()


def test_a_change_is_told_by_what_people_call_the_field(company: Company) -> None:
    number = company.order()
    fields = {"address": "南京路 2 号"}
    company.trouble("sales", number, ExceptionKind.CHANGE_REQUEST, fields=fields)
    (row,) = table(company, ReportName.EXCEPTIONS)
    assert row["异常描述"].startswith("收货地址 → 南京路 2 号")


def test_an_order_stands_in_the_register_with_all_it_has(company: Company) -> None:
    number = company.order(lines=[("A", 3)], special_request="加急", contact="=1", note="n")
    (row,) = table(company, ReportName.REGISTRATION)
    assert row["订单编号"] == number
    assert (row["数量"], row["单价"], row["金额"]) == ("3", "1.00", "3.00")
    assert (row["特殊要求"], row["优先级"], row["联系电话"]) == ("加急", "紧急", "'=1")
    assert (row["核验结果"], row["状态"], row["付款时间"]) == ("待补充", "待补充", "")
    assert row["缺失项"] != ""


def test_a_shift_reads_what_happened_to_its_orders(company: Company) -> None:
    company.stock(A=5)
    number = company.ordered(Stage.PREPARATION)
    short = company.ordered(Stage.ALLOCATION, lines=[("B", 2)])
    company.finish(short, Stage.ALLOCATION)
    company.later(hours=5)
    company.finish(number, Stage.PREPARATION, reason="peak_volume")
    company.trouble("prep", number, ExceptionKind.OTHER, note="=broken")
    done = table(company, ReportName.PROGRESS)
    (late,) = [row for row in done if row["订单编号"] == number and row["环节"] == "备货"]
    assert (late["时限"], late["耗时"], late["超时时长"]) == ("4 个工作小时", "5:00", "1:00")
    assert (late["是否超时"], late["颜色状态"]) == ("是", "红·超时")
    assert late["超时原因"] == company.workplace.settings.overdue_reasons["peak_volume"].zh
    *opened, missed = table(company, ReportName.EXCEPTIONS)
    assert (missed["订单编号"], missed["异常描述"]) == (number, "备货超时")
    assert missed["处理结果"].endswith(late["超时原因"])
    found = {row["订单编号"]: row for row in opened}
    assert found[number]["异常描述"] == "'=broken"
    assert (found[number]["处理结果"], found[short]["异常描述"]) == ("处理中", "B × 2")
    locked = {row["订单编号"]: row for row in table(company, ReportName.SHORTAGE)}
    assert (locked[number]["锁定人"], locked[number]["状态"]) == ("Inv", "已锁定")
    assert (locked[short]["缺口数量"], locked[short]["状态"]) == ("2", "缺货")


def test_a_handover_is_told_in_figures_and_numbers(company: Company) -> None:
    number = company.order()
    company.later(hours=2)
    handover.hand_over(company.workplace, "rev", remark="busy")
    (row,) = table(company, ReportName.HANDOVER)
    assert (row["岗位"], row["交班人"], row["备注"]) == ("审核", "Rev", "busy")
    assert row["在手订单数(按环节)"] == "审核 1"
    assert row["临期/超时清单"] == f"{number}（超时）"
    assert row["接班确认"] == "未接班"


def test_who_only_watches_gets_it_masked(company: Company) -> None:
    company.order()
    assert sees_masked("wall")
    assert not sees_masked("boss")
    with pytest.raises(Refusal, match="nobody has the badge x"):
        sees_masked("x")
    (row,) = table(company, ReportName.REGISTRATION, masked=True)
    assert row["联系电话"] == "138****8000"
    assert "文三路" not in row["收货地址"]


def test_a_file_is_written_whole_and_over_the_one_before(company: Company, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file.xlsx"
    for _ in range(2):
        make(ReportName.REGISTRATION, asked(company), Format.XLSX, "zh", target)
        company.order()
    assert [path.name for path in target.parent.iterdir()] == ["file.xlsx"]
    assert openpyxl.load_workbook(target).active["B1"].value == "订单信息登记表"


def test_what_can_not_be_written_is_said(company: Company, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(OrdertermError, match=r"taken/file\.csv can't be written"):
        make(ReportName.SURVEY, asked(company), Format.CSV, "zh", tmp_path / "taken" / "file.csv")


def test_the_days_that_are_meant(company: Company) -> None:
    settings, now = company.workplace.settings, company.now
    week = Period(DAY - timedelta(days=7), DAY - timedelta(days=1))
    assert usual_period(ReportName.SURVEY, settings, now) == Period(DAY, DAY)
    assert usual_period(ReportName.WEEKLY, settings, now) == week
    weekly = period_of(ReportName.WEEKLY, DAY - timedelta(days=3), None, settings, now)
    assert weekly == week
    assert period_of(ReportName.SURVEY, None, DAY, settings, now) == Period(DAY, DAY)
    with pytest.raises(OrdertermError, match="exchange the two days"):
        period_of(ReportName.SURVEY, DAY, week.last, settings, now)
    with pytest.raises(OrdertermError, match="more than ten years"):
        period_of(ReportName.SURVEY, date(2001, 1, 1), DAY, settings, now)
    with pytest.raises(OrdertermError, match="ends on 2026-11-29"):
        period_of(ReportName.WEEKLY, DAY, DAY + timedelta(days=7), settings, now)


def test_a_file_is_named_by_its_days() -> None:
    one, week = Period(DAY, DAY), Period(DAY, DAY + timedelta(days=6))
    assert file_name(ReportName.SURVEY, one, Format.CSV) == "survey-2026-11-23.csv"
    assert file_name(ReportName.SURVEY, week, Format.HTML) == "survey-2026-11-23_2026-11-29.html"
    assert (
        file_name(ReportName.SURVEY, one, Format.CSV, "../早班") == "survey-2026-11-23----早班.csv"
    )
