"""A report as PDF, set by typst. The text goes in as data, so nothing in it can act as markup."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wulian.kernel.errors import N_, WulianError
from wulian.portal import charts
from wulian.portal.tokens import tokens

from .model import Report, cell

TEMPLATE = Path(__file__).resolve().parent / "report.typ"
# The first family of each list that the machine has is used.
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei", "SimHei")
SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "SimSun", "AR PL UMing CN")


class FontMissing(WulianError):
    code = "font_missing"
    message = N_("这台服务器没有中文字体，做不出 PDF。请管理员装一种，例如 apt install fonts-noto-cjk，再试一次；DOCX 和表格现在就能导出。")
    status = 503


@cache
def chinese_fonts() -> tuple[str, str]:
    """Families for running text and for titles.

    Raises: FontMissing.
    """
    present = set(typst.Fonts(include_system_fonts=True, include_embedded_fonts=False).families())
    sans = next((family for family in SANS if family in present), None)
    serif = next((family for family in SERIF if family in present), None)
    if sans is None and serif is None:
        raise FontMissing
    return sans or serif or "", serif or sans or ""


def to_pdf(report: Report, *, base_url: str = "") -> bytes:
    """The report on A4. `base_url` (https://host) makes figures that open into links.

    Raises: FontMissing.
    """
    sans, serif = chinese_fonts()
    colours = tokens("light")
    data = {
        "title": report.title,
        "subject": report.subject,
        "details": [
            [_("数据截至"), report.on.isoformat()],
            *map(list, report.details),
            *([[_("版本"), report.version]] if report.version else []),
        ],
        "synthetic": _("演示数据，不对应任何真实主体") if report.is_synthetic else "",
        "findings": list(report.findings),
        "sections": [
            {
                "heading": section.heading,
                "paragraphs": list(section.paragraphs),
                "tables": [
                    {
                        "caption": table.caption,
                        "columns": [{"title": c.title, "numeric": c.numeric, "share": c.share} for c in table.columns],
                        "rows": [
                            [{"text": cell(v).text, "href": base_url + cell(v).href if base_url and cell(v).href else ""} for v in row]
                            for row in table.rows
                        ],
                    }
                    for table in section.tables
                ],
                "charts": [
                    {"svg": charts.to_svg(chart.spec, theme="light", width=640), "caption": chart.caption} for chart in section.charts
                ],
            }
            for section in report.sections
        ],
        "sources": list(report.sources),
        "address": base_url + report.address if base_url and report.address else "",
        "words": {
            "findings": _("结论"),
            "sources": _("来源"),
            "address": _("在线查看"),
            "product": _("五链"),
            "of": _("第 {page} 页，共 {total} 页"),
        },
        "fonts": {"sans": sans, "serif": serif},
        "colours": {name: colours[name] for name in ("ink", "ink-2", "ink-3", "brand", "line", "line-strong", "sunk", "warn")},
        "lang": "en" if get_language() == "en" else "zh",
    }
    return bytes(typst.compile(TEMPLATE.read_bytes(), sys_inputs={"data": json.dumps(data, ensure_ascii=False)}))
