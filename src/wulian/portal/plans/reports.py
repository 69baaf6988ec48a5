"""The evaluation of a plan as a report: PDF, DOCX and XLSX from the same content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from wulian.foundation.exports import export_table
from wulian.portal import charts
from wulian.portal.reports import Cell, Chart, Column, Report, Section, Table, to_docx, to_pdf
from wulian.portal.words import unit_word

Content = Mapping[str, Any]


def evaluation_report(content: Content) -> Report:
    """The content of `evaluation_content` (live or frozen) in the form that prints."""
    first, last = content["period"]
    return Report(
        title=content["finding"],
        subject=content["title"],
        on=date.fromisoformat(content["as_of"]),
        findings=_findings(content),
        sections=[
            Section(
                heading=_("指标"),
                tables=[Table(_indicator_columns(), [_indicator_cells(line) for line in content["indicators"]])],
                charts=[Chart(charts.stacked_status(groups=[(_("指标"), content["counts"])]), _("各状态的指标数"))]
                if content["counts"]
                else [],
            ),
            Section(
                heading=_("任务"),
                tables=[Table(_task_columns(), [_task_cells(task) for task in content["tasks"]])] if content["tasks"] else [],
            ),
            Section(heading=_("评判规则"), paragraphs=[f"{place}. {rule}" for place, rule in enumerate(content["rules"], 1)]),
        ],
        sources=[_("填报值来自责任单位并经核实；计算值来自指标快照，可打开到记录。")],
        details=[
            (_("区域"), content["region"]),
            (_("规划期"), f"{first}—{last}"),
            *([(_("名称"), content["name"])] if content.get("name") else []),
        ],
        address=reverse("plan", args=[content["plan"]]),
        is_synthetic=content["is_synthetic"],
    )


def _findings(content: Content) -> list[str]:
    """What needs a person, one sentence each."""
    return [
        _("%(name)s %(value)s%(unit)s，节点 %(milestone)s：%(status)s。")
        % {
            "name": line["name"],
            "value": line["value"],
            "unit": unit_word(line["unit"]),
            "milestone": line["milestone"],
            "status": line["status_word"],
        }
        for line in content["indicators"]
        if line["status"] in ("behind", "slow") and not line["composite"]
    ]


def _indicator_columns() -> list[Column]:
    return [
        Column(_("指标"), share=3.2),
        Column(_("基数"), numeric=True),
        Column(_("节点"), numeric=True),
        Column(_("现值"), numeric=True, share=1.4),
        Column(_("目标"), numeric=True, share=1.2),
        Column(_("完成率"), numeric=True),
        Column(_("状态")),
    ]


def _indicator_cells(line: Mapping[str, Any]) -> list[Cell | str]:
    name = f"　{line['name']}" if line["component"] else line["name"]
    value = f"{line['value']} {line['unit']}".strip() if line["observation"] else "—"
    return [
        f"{name}（{line['owner']}）" if line["owner"] else name,
        line["baseline"],
        line["milestone"],
        Cell(value, reverse("observation", args=[line["observation"]]) if line["observation"] else ""),
        line["final"],
        f"{line['completion']}%" if line["completion"] != "—" else "—",
        line["status_word"],
    ]


def _task_columns() -> list[Column]:
    return [Column(_("任务"), share=3), Column(_("牵头"), share=1.6), Column(_("配合"), share=2.4), Column(_("最近填报"), share=1.6)]


def _task_cells(task: Mapping[str, Any]) -> list[Cell | str]:
    report = f"{task['round']} {task['report']}".strip() or "—"
    return [f"{task['number']} {task['title']}".strip(), task["lead"] or "—", task["participants"] or "—", report]


def _table_rows(content: Content) -> Iterable[Sequence[Any]]:
    for line in content["indicators"]:
        cells = _indicator_cells(line)
        yield [*(one.text if isinstance(one, Cell) else one for one in cells), line["value_on"], line["rule"]]


def file_name(content: Content) -> str:
    return f"{content.get('name') or _('评估')} {content['short_title']} {content['as_of']}"


def render_documents(content: Content) -> dict[str, bytes]:
    """The three documents of a frozen evaluation by file name."""
    report = evaluation_report(content)
    name = file_name(content)
    columns = [*(column.title for column in _indicator_columns()), _("截至"), _("依据")]
    return {
        f"{name}.pdf": to_pdf(report),
        f"{name}.docx": to_docx(report),
        f"{name}.xlsx": b"".join(export_table("xlsx", columns, _table_rows(content))),
    }
