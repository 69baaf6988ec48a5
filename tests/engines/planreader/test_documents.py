"""Files of every kind: what is read from them, and the sentence when they cannot be read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
import typst
from pypdf import PdfReader, PdfWriter

from tests.engines.planreader.helpers import PLANS
from wulian.engines.planreader import Plan, read_document, read_plan
from wulian.engines.planreader.document import MAX_BYTES
from wulian.engines.planreader.errors import Damaged, EmptyFile, Encrypted, NoText, PlanFileError, TooLarge, WrongType

TEXT = "青山区科技创新三年行动计划（2024—2026年）\n一、行动目标\n到2026年，技术合同成交额达到90亿元，高新技术企业达到300家。\n"

TYPST = """#set page(paper: "a4", margin: 2.5cm, header: align(center)[青山区人民政府文件], footer: context align(center)[— #counter(page).display() —])
#set text(font: ("Noto Serif CJK SC", "Noto Sans CJK SC"), size: 12pt, lang: "zh")
#set par(first-line-indent: (amount: 2em, all: true), justify: true)
#align(center)[#text(size: 18pt)[青山区先进制造业三年行动方案（2024—2026年）]]

一、行动目标

到2026年，全区先进制造业营业收入突破3000亿元，规模以上工业企业数量达到1200家，新增国家级专精特新“小巨人”企业20家以上，规模以上工业企业研发投入强度提高到2.5%，制造业高质量发展走在全省前列。

#table(columns: (2fr, 1fr, 1fr, 1fr, 1fr, 1fr), [指标], [单位], [2023年], [2024年], [2025年], [2026年], [营业收入], [亿元], [2200], [2450], [2700], [3000], [研发投入强度], [%], [1.9], [2.1], [2.3], [2.5])

二、重点任务

（一）建设产业集群。围绕装备制造、电子信息、新材料三大领域，建设先进制造业集群，推动上下游协同发展，提升产业链供应链韧性。（区工业和信息化局牵头，区科技局按职责分工负责）
"""


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pdf")
    (folder / "plan.typ").write_text(TYPST, encoding="utf-8")
    typst.compile(folder / "plan.typ", output=folder / "plan.pdf")
    if "行动方案" not in PdfReader(folder / "plan.pdf").pages[0].extract_text():
        pytest.skip("needs a Chinese font to print a PDF")
    return folder / "plan.pdf"


def values(plan: Plan) -> list[tuple[float | None, str | None]]:
    return [(item.value, item.unit) for item in plan.indicators]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le")],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_text_in_any_encoding(encoding: str, told: str, ends: str) -> None:
    document = read_document(TEXT.replace("\n", ends).encode(encoding))
    assert (document.text, document.encoding) == (TEXT, told)
    assert values(read_plan(document)) == [(90, "亿元"), (300, "家")]


def test_broken_bytes_are_a_warning_and_the_rest_is_read() -> None:
    document = read_document(TEXT.encode()[:-40] + b"\xe5\x8d")
    assert [item.code for item in document.warnings] == ["broken_characters"]
    assert "技术合同成交额" in document.text


def test_html_keeps_real_tables_and_drops_navigation() -> None:
    page = (
        "<!DOCTYPE html><html><head><meta charset='gb2312'><style>p{}</style></head><body><nav>首页 99家</nav>"
        "<h1>东湖区数字经济三年行动计划（2023—2025年）</h1><p>发布时间：2023-05-01　浏览次数：123次</p><h2>一、主要目标</h2>"
        "<p>到2025年，培育&ldquo;独角兽&rdquo;企业3家。</p>"
        "<table><tr><th rowspan=2>指标</th><th rowspan=2>单位</th><th colspan=3>目标值</th></tr>"
        "<tr><th>2023年</th><th>2024年</th><th>2025年</th></tr>"
        "<tr><td>数字经济规模</td><td>亿元</td><td>500</td><td></td><td>720以上</td></tr></table>"
        "<script>var a = '5000家';</script></body></html>"
    )
    document = read_document(page.encode("gb18030"))
    plan = read_plan(document)
    assert (document.format, document.encoding) == ("html", "gb18030")
    assert values(plan) == [(3, "家"), (500, "亿元"), (720, "亿元")]
    assert [(item.year, item.comparator) for item in plan.indicators if item.from_table] == [(2023, "="), (2025, ">=")]
    assert all(document.text[slice(*item.span)] in {"3家", "500", "720以上"} for item in plan.indicators)


def word_file() -> bytes:
    word = docx.Document()
    word.add_heading("临江市科技创新“十四五”规划", 0)
    word.add_heading("一、发展目标", 1)
    word.add_paragraph("到2025年，全社会研发投入强度达到2.8%以上。")
    table = word.add_table(rows=1, cols=6)
    rows = [
        ["类别", "指标名称", "单位", "2020年", "2025年", "属性"],
        ["主体", "高新技术企业数", "家", "860", "1800", "预期性"],
        ["主体", "雏鹰、瞪羚企业数", "家", "雏鹰：120\n瞪羚：15", "雏鹰：300\n瞪羚：40", "预期性"],
        ["绿色", "单位GDP能耗降低", "%", "—", "完成省下达任务", "约束性"],
    ]
    for place, row in enumerate(rows):
        cells = table.rows[0].cells if place == 0 else table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    word.add_heading("二、重点任务", 1)
    word.add_paragraph("建设平台。新增重点实验室10家。（牵头单位：市科技局；责任单位：市教育局、市财政局）", style="List Number")
    word.add_paragraph("培育企业。每年新增企业500家以上。（市科技局负责）", style="List Number")
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def test_docx_keeps_tables_merged_cells_and_printed_numbers() -> None:
    plan = read_plan(read_document(word_file()))
    assert plan.document.format == "docx"
    assert [(item.name, item.value) for item in plan.indicators if item.from_table and item.kind == "baseline" and item.value] == [
        ("高新技术企业数", 860),
        ("雏鹰数", 120),
        ("瞪羚数", 15),
    ]
    assert [item.value for item in plan.indicators if item.assigned] == [None]
    assert [(task.id, task.title, task.lead, task.participants) for task in plan.tasks] == [
        ("1", "建设平台", ["市科技局"], ["市教育局", "市财政局"]),
        ("2", "培育企业", [], ["市科技局"]),
    ]


def test_pdf_joins_wrapped_lines_drops_heads_and_reads_tables(pdf: Path) -> None:
    plan = read_plan(read_document(pdf))
    assert plan.title.endswith("青山区先进制造业三年行动方案(2024-2026年)")
    assert [item.value for item in plan.indicators if not item.from_table] == [3000, 1200, 20, 2.5]
    assert [item.value for item in plan.indicators if item.from_table] == [2200, 2450, 2700, 3000, 1.9, 2.1, 2.3, 2.5]
    assert [(task.lead, task.participants) for task in plan.tasks] == [(["区工业和信息化局"], ["区科技局"])]


def test_a_picture_and_a_scanned_pdf_are_read_by_ocr(pdf: Path, tmp_path: Path) -> None:
    from PIL import Image

    small = tmp_path / "small.typ"
    small.write_text(
        """#set page(width: 13cm, height: 4.4cm, margin: 0.6cm)
#set text(font: ("Noto Serif CJK SC", "Noto Sans CJK SC"), size: 14pt, lang: "zh")
青山区制造业三年行动方案（2024—2026年）

到2026年，规上工业企业数量达到1200家，研发投入强度提高到2.5%。""",
        encoding="utf-8",
    )
    picture, scan = tmp_path / "small.png", tmp_path / "scan.pdf"
    typst.compile(small, output=picture, format="png", ppi=110)
    with Image.open(picture) as image:
        image.convert("RGB").save(scan, resolution=150)
    for path in (picture, scan):
        plan = read_plan(read_document(path))
        assert "ocr" in [item.code for item in plan.warnings]
        assert [(item.value, item.unit, item.year) for item in plan.indicators] == [(1200, "家", 2026), (2.5, "%", 2026)]


def test_a_crooked_scan_with_noise_keeps_the_columns_of_its_table(pdf: Path, tmp_path: Path) -> None:
    import numpy as np
    from PIL import Image, ImageFilter

    source, picture, scan = tmp_path / "page.typ", tmp_path / "page.png", tmp_path / "page.pdf"
    source.write_text(
        """#set page(width: 14cm, height: 7.4cm, margin: 1cm)
#set text(font: ("Noto Serif CJK SC", "Noto Sans CJK SC"), size: 12pt, lang: "zh")
白河县科技创新“十四五”规划

#table(columns: (2.4fr, 1fr, 1fr, 1fr, 1fr), [指标名称], [单位], [2020年], [2025年], [属性], [高新技术企业数], [家], [62], [120], [预期性], [单位能耗降低], [%], [—], [13.5], [约束性])

（一）建设平台。新增重点实验室3家。（县科技局牵头，县财政局参与）""",
        encoding="utf-8",
    )
    typst.compile(source, output=picture, format="png", ppi=150)
    with Image.open(picture) as opened:
        turned = opened.convert("L").rotate(1.6, expand=True, fillcolor=250, resample=Image.Resampling.BICUBIC)
    dots = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.6))).astype("int16")
    noisy = np.clip(dots * 0.92 + np.random.default_rng(3).normal(8, 9, dots.shape), 0, 255).astype("uint8")
    Image.fromarray(noisy).save(scan, resolution=150)
    plan = read_plan(read_document(scan))
    assert [(item.value, item.year, item.kind) for item in plan.indicators if item.from_table and item.value is not None] == [
        (62, 2020, "baseline"),
        (120, 2025, "target"),
        (13.5, 2025, "target"),
    ]
    assert [(task.lead, task.participants) for task in plan.tasks] == [(["县科技局"], ["县财政局"])]


def test_an_encrypted_pdf_is_refused(pdf: Path) -> None:
    writer = PdfWriter(clone_from=pdf)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(Encrypted, match="密码"):
        read_document(out.getvalue(), "plan.pdf")


def test_a_truncated_pdf_is_refused(pdf: Path) -> None:
    with pytest.raises(Damaged):
        read_document(pdf.read_bytes()[:300], "plan.pdf")


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "<a/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", EmptyFile, "空的"),
        (b"\xef\xbb\xbf \n\n", EmptyFile, "空的"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), WrongType, "旧版 Office"),
        (b"\x7fELF" + bytes(600), WrongType, "程序"),
        (bytes(range(256)) * 8, WrongType, "二进制"),
        (archive("xl/workbook.xml"), WrongType, "Excel"),
        (archive("readme.txt"), WrongType, "压缩包"),
        (archive("[Content_Types].xml", "word/styles.xml"), Damaged, "DOCX"),
        (archive("word/document.xml"), Damaged, "DOCX"),
        (word_file()[:3000], Damaged, "DOCX"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), Damaged, "图片"),
        (b"%PDF-1.7\n", Damaged, "PDF"),
        (b"<html><body></body></html>", EmptyFile, "空的"),
    ],
)
def test_a_file_that_cannot_be_read_gives_a_sentence(data: bytes, error: type[PlanFileError], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        read_document(data, "规划.docx")
    assert "规划.docx" in caught.value.text()


def test_an_empty_picture_and_a_page_without_text_give_a_sentence() -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(out, "PNG")
    with pytest.raises(NoText):
        read_document(out.getvalue(), "空白.png")
    writer = PdfWriter()
    writer.add_blank_page(width=300, height=300)
    blank = io.BytesIO()
    writer.write(blank)
    with pytest.raises(NoText):
        read_document(blank.getvalue(), "空白.pdf")


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(TooLarge, match="上限"):
        read_document(path)


def test_a_plan_without_a_number_is_a_warning() -> None:
    plan = read_plan(read_document("某市科技工作要点\n一、总体要求\n坚持创新驱动。\n".encode()))
    assert {"no_numbers", "no_period"} == {item.code for item in plan.warnings}


def test_the_invented_plans_are_all_covered() -> None:
    from tests.engines.planreader.test_plans import CASES

    assert {path.name for path in PLANS.glob("*.txt")} == set(CASES)
