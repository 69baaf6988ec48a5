"""Reports in print: the same content as PDF and DOCX, figures that open, text that stays text."""

from __future__ import annotations

import io
from datetime import date

import pytest
import typst
from django.test import RequestFactory
from docx import Document
from pypdf import PdfReader

from wulian.foundation.exports import UnknownFormat
from wulian.portal import charts
from wulian.portal.charts import Point
from wulian.portal.reports import Cell, Chart, Column, FontMissing, Report, Section, Table, pdf, report_response, to_docx, to_pdf

NASTY = "#link(1) [x] $y$ *z* _w_ \\ <b> & =1+1"


def sample(rows: int = 3) -> Report:
    history = charts.indicator_history(unit="家", observations=[Point(2020, 84), Point(2021, 92)], targets=[Point(2022, 102)])
    table = Table(
        [Column("指标", share=2), Column("现值", numeric=True)],
        [[f"高新技术企业{n}", Cell("97", "/figures/hnte_valid/")] for n in range(rows)],
        "对照年中节点",
    )
    return Report(
        title="八项目标：五项到位，两项落后", subject="红桥区三年行动", on=date(2022, 6, 30), findings=[NASTY],
        sections=[Section("指标", ["说明一段。"], [table], [Chart(history, "高企由 84 家到 92 家")])],
        sources=["科技台账 2022-06-30"], version="3", address="/plans/1/", is_synthetic=True, details=[("区域", "红桥区")],
    )  # fmt: skip


@pytest.fixture
def chinese_font() -> None:
    """PDF needs a Chinese font on the machine; where there is none, the refusal is tested instead."""
    try:
        pdf.chinese_fonts()
    except FontMissing:
        pytest.skip("needs a Chinese font on this machine (fonts-noto-cjk)")


def pdf_text(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.usefixtures("chinese_font")
def test_the_pdf_holds_everything_and_its_figures_open() -> None:
    content = to_pdf(sample(), base_url="https://wulian.example")
    text = pdf_text(content).replace(" ", "")
    for part in ("八项目标", "红桥区三年行动", "2022-06-30", "高新技术企业2", "97", "科技台账", "演示数据", "对照年中节点", "说明一段"):
        assert part in text
    annotations = [a.get_object() for page in PdfReader(io.BytesIO(content)).pages for a in page.get("/Annots", [])]
    links = {a["/A"]["/URI"] for a in annotations if "/A" in a}
    assert links == {"https://wulian.example/figures/hnte_valid/", "https://wulian.example/plans/1/"}


@pytest.mark.usefixtures("chinese_font")
def test_text_that_looks_like_markup_is_printed_as_it_is() -> None:
    assert "#link(1)[x]$y$*z*_w_" in pdf_text(to_pdf(sample())).replace(" ", "")


@pytest.mark.usefixtures("chinese_font")
def test_a_long_table_repeats_its_header() -> None:
    pages = PdfReader(io.BytesIO(to_pdf(sample(rows=120)))).pages
    assert len(pages) > 2
    assert "现值" in pages[1].extract_text()


def test_without_a_chinese_font_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoFonts:
        def __init__(self, **options: bool) -> None: ...

        def families(self) -> list[str]:
            return ["DejaVu Sans"]

    monkeypatch.setattr(typst, "Fonts", NoFonts)
    pdf.chinese_fonts.cache_clear()
    try:
        with pytest.raises(FontMissing, match="fonts-noto-cjk"):
            to_pdf(sample())
    finally:
        pdf.chinese_fonts.cache_clear()


def test_the_docx_holds_everything_and_its_figures_open() -> None:
    document = Document(io.BytesIO(to_docx(sample(), base_url="https://wulian.example")))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for part in ("八项目标：五项到位，两项落后", "数据截至 2022-06-30", NASTY, "说明一段。", "科技台账 2022-06-30", "演示数据"):
        assert part in text
    table = document.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["指标", "现值"]
    assert len(table.rows) == 4
    links = table.rows[1].cells[1].paragraphs[0].hyperlinks
    assert [link.address for link in links] == ["https://wulian.example/figures/hnte_valid/"]
    assert links[0].text == "97"
    assert len(document.inline_shapes) == 1
    assert document.inline_shapes[0]._inline.docPr.get("descr") == "高企由 84 家到 92 家"


def test_without_an_address_figures_are_plain() -> None:
    document = Document(io.BytesIO(to_docx(sample())))
    assert document.tables[0].rows[1].cells[1].text == "97"
    assert not document.tables[0].rows[1].cells[1].paragraphs[0].hyperlinks


def test_a_download_has_a_chinese_name_and_the_right_type() -> None:
    response = report_response(RequestFactory().get("/"), sample(), "docx", name="评估报告")
    assert response["Content-Type"].endswith("wordprocessingml.document")
    assert "filename*=UTF-8''%E8%AF%84%E4%BC%B0%E6%8A%A5%E5%91%8A.docx" in response["Content-Disposition"]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UnknownFormat):
        report_response(RequestFactory().get("/"), sample(), "xls", name="x")
