"""Reports in print: one content, printed as PDF or DOCX, with the charts of the page and figures that still open.

report = Report(title="八项目标：五项到位，两项落后", subject=plan.title, on=day, findings=[…],
                sections=[Section("指标", tables=[Table(columns=[…], rows=[[Cell("97", href="/figures/…"), …]])])])
return report_response(request, report, "pdf", name="评估报告")
"""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from wulian.foundation.exports import UnknownFormat

from .model import Cell, Chart, Column, Report, Section, Table
from .pdf import FontMissing, to_pdf
from .word import to_docx

__all__ = ["Cell", "Chart", "Column", "FontMissing", "Report", "Section", "Table", "report_response", "to_docx", "to_pdf"]

PRINTERS = {
    "pdf": (to_pdf, "application/pdf"),
    "docx": (to_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


def report_response(request: HttpRequest, report: Report, format: str, *, name: str) -> HttpResponse:  # noqa: A002
    """The report as a download called `name`. `format`: pdf or docx.

    Raises: UnknownFormat, FontMissing.
    """
    if format not in PRINTERS:
        raise UnknownFormat(format=format[:20])
    printer, content_type = PRINTERS[format]
    response = HttpResponse(printer(report, base_url=f"{request.scheme}://{request.get_host()}"), content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename=\"report.{format}\"; filename*=UTF-8''{quote(name)}.{format}"
    return response
