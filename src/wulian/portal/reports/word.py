"""A report as DOCX: the same parts as the PDF, in styles that the reader can go on writing with."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from wulian.portal import charts
from wulian.portal.tokens import tokens

from .model import Report, Table, cell

# Named, not embedded: Word puts its own Song and Hei in their place where these are absent.
BODY, TITLE = "Noto Sans CJK SC", "Noto Serif CJK SC"


def _colour(name: str) -> RGBColor:
    return RGBColor.from_string(tokens("light")[name].lstrip("#").upper())


def _family(style: Any, family: str) -> None:
    style.font.name = family
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), family)


def _styles(document: Any) -> None:
    normal = document.styles["Normal"]
    _family(normal, BODY)
    normal.font.size = Pt(10.5)
    normal.font.color.rgb = _colour("ink")
    normal.paragraph_format.space_after = Pt(6)
    for name, size, family in (("Title", 20, TITLE), ("Heading 1", 13, BODY)):
        style = document.styles[name]
        _family(style, family)
        style.font.size = Pt(size)
        style.font.bold = True
        style.font.color.rgb = _colour("ink")


def _link(paragraph: Any, text: str, url: str) -> None:
    """python-docx reads hyperlinks but does not write them; this writes the element that Word expects."""
    relation = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    element = OxmlElement("w:hyperlink")
    element.set(qn("r:id"), relation)
    run = paragraph.add_run(text)
    run.font.color.rgb = _colour("brand")
    run.font.underline = True
    element.append(run._r)
    paragraph._p.append(element)


def _table(document: Any, table: Table, base_url: str) -> None:
    grid = document.add_table(rows=1, cols=len(table.columns), style="Light List")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    header = grid.rows[0]
    header._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # repeated on every page
    for place, column in zip(header.cells, table.columns, strict=True):
        place.text = column.title
    for row in table.rows:
        places = grid.add_row().cells
        for place, value in zip(places, row, strict=True):
            shown = cell(value)
            if base_url and shown.href:
                _link(place.paragraphs[0], shown.text, base_url + shown.href)
            else:
                place.text = shown.text
    total = sum(column.share for column in table.columns)
    for index, column in enumerate(table.columns):
        for place in grid.columns[index].cells:
            place.width = Cm(17 * column.share / total)
            paragraph = place.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if column.numeric else WD_ALIGN_PARAGRAPH.LEFT
            for run in paragraph.runs:
                run.font.size = Pt(9)
    if table.caption:
        _small(document, table.caption)


def _small(document: Any, text: str, colour: str = "ink-3") -> None:
    run = document.add_paragraph().add_run(text)
    run.font.size = Pt(9)
    run.font.color.rgb = _colour(colour)


def to_docx(report: Report, *, base_url: str = "") -> bytes:
    """The report as a DOCX file on A4."""
    document = Document()
    _styles(document)
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin = page.bottom_margin = Cm(2.2)
    document.core_properties.title = report.title
    document.core_properties.author = _("五链")
    page.footer.paragraphs[0].text = f"{_('五链')} · {report.subject}"
    _small(document, report.subject)
    document.add_paragraph(report.title, style="Title")
    details = [(_("数据截至"), report.on.isoformat()), *report.details, *([(_("版本"), report.version)] if report.version else [])]
    _small(document, "　".join(f"{word} {value}" for word, value in details))
    if report.is_synthetic:
        _small(document, _("演示数据，不对应任何真实主体"), "warn")
    if report.findings:
        document.add_heading(_("结论"), level=1)
        for finding in report.findings:
            document.add_paragraph(finding, style="List Bullet")
    for section in report.sections:
        document.add_heading(section.heading, level=1)
        for paragraph in section.paragraphs:
            document.add_paragraph(paragraph)
        for chart in section.charts:
            document.add_picture(io.BytesIO(charts.to_png(chart.spec, width=640)), width=Cm(17))
            document.inline_shapes[-1]._inline.docPr.set("descr", chart.caption)
            _small(document, chart.caption)
        for table in section.tables:
            _table(document, table, base_url)
    if report.sources:
        document.add_heading(_("来源"), level=1)
        for source in report.sources:
            document.add_paragraph(source, style="List Bullet")
    if base_url and report.address:
        _link(document.add_paragraph(_("在线查看") + " "), base_url + report.address, base_url + report.address)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
