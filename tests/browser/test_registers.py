"""A new register from one file, as an officer lives with it: filled from a spreadsheet, moved through its life, counted,
bound to an indicator of a plan, and opened from that indicator's figure. Nobody writes a line of a program."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from playwright.sync_api import Page, expect

from wulian.engines.registers import starter_text

HEADINGS = ["聘任企业", "首席科技官", "专业领域", "聘任日期", "任期止"]
PLAN = (
    "红桥区企业首席科技官行动方案（2026—2028年）\n一、工作目标\n到2028年，首席科技官数量达到20人。\n"
    "二、重点任务\n（一）聘任首席科技官\n支持企业设立首席科技官岗位。（区科技局牵头，区商务局按职责分工负责）\n"
)
YEAR = date.today().year


def firms_of_hongqiao(page: Page, count: int) -> list[str]:
    page.goto("/organisations/?region=120106")
    names = [name.strip() for name in page.locator("main tbody th a.strong").all_inner_texts()]
    assert len(names) >= count
    return names[:count]


def spreadsheet(path: Path, rows: list[list[str]]) -> str:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [HEADINGS, *rows]:
        sheet.append(row)
    book.save(path)
    return str(path)


def title(page: Page) -> str:
    return page.locator("h1").inner_text()


def test_a_new_register_from_one_file_to_the_figure_of_a_plan(page: Page, sign_in: Callable[[str], Page], tmp_path: Path) -> None:
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    adopt(page, sign_in, tmp_path)
    firms = firms_of_hongqiao(page, 5)
    page.context.clear_cookies()
    sign_in("officer")
    fill_from_a_spreadsheet(page, tmp_path, firms)
    register_one(page, tmp_path, firms[0])
    register_several(page, tmp_path, firms[1:4])
    see_the_counters(page)
    indicator = publish_a_plan(page, tmp_path)
    bind_and_open(page, indicator, firms[:4])
    page.context.clear_cookies()
    sign_in("reporter")
    others_are_told_what_is_missing(page, firms[0])


def adopt(page: Page, sign_in: Callable[[str], Page], tmp_path: Path) -> None:
    """The administrator brings one file, sees what it would do, and adopts it. A mistake in it is told with its line."""
    text = starter_text().replace("my_register", "chief_officers").replace("prefix: MYR", "prefix: TCO")
    file = tmp_path / "chief_officers.yaml"
    file.write_text(text.replace("ends_on, above_field", "ends_upon, above_field"), encoding="utf-8")
    sign_in("administrator")
    page.goto("/registers/")
    page.get_by_role("link", name="新建台账").click()
    page.set_input_files("input[name=file]", str(file))
    page.get_by_role("button", name="看看有什么影响").click()
    expect(page.locator("h1")).to_have_text("定义有 1 处不对")
    expect(page.locator("main aside")).to_contain_text("ends_upon")
    file.write_text(text, encoding="utf-8")
    page.set_input_files("input[name=file]", str(file))
    page.get_by_role("button", name="看看有什么影响").click()
    expect(page.locator("main aside")).to_contain_text("6 个字段，4 个状态，2 个计数")
    page.get_by_role("button", name="采用").click()
    expect(page.locator("h1")).to_have_text("首席科技官：还没有条目")


def fill_from_a_spreadsheet(page: Page, tmp_path: Path, firms: list[str]) -> None:
    """Five rows, one of which cannot be read: it waits in quarantine, is put right there, and comes in."""
    people = ["甲一新", "乙二新", "丙三新", "丁四新", "戊五新"]
    rows = [[firm, person, "信息技术", f"{YEAR}-01-15", f"{YEAR + 2}-01-14"] for firm, person in zip(firms, people, strict=True)]
    rows[1][2] = "没有这个领域"
    page.goto("/registers/?q=首席科技官")
    page.get_by_role("link", name="首席科技官", exact=True).click()
    page.locator("summary", has_text="批量").click()
    page.get_by_role("link", name="从别的表格导入").click()
    expect(page.locator("h1")).to_contain_text("首席科技官")
    page.set_input_files("input[type=file]", spreadsheet(tmp_path / "首席科技官.xlsx", rows))
    page.fill("[name=source]", "首席科技官名册")
    page.get_by_role("button", name="上传").click()
    expect(page.locator("select[name=column_subject]")).to_have_value("聘任企业")
    expect(page.locator("select[name=column_f_officer_name]")).to_have_value("首席科技官")
    page.get_by_role("button", name="开始导入").click()
    expect(page.locator("h1")).to_have_text("4 行已导入，1 行隔离待修", timeout=60_000)
    page.get_by_role("link", name="处理隔离的行").click()
    expect(page.locator("article")).to_contain_text("没有这个领域")
    page.get_by_label("专业领域").fill("生物医药")
    page.get_by_role("button", name="按改好的导入").click()
    expect(page.locator("article .pill")).to_have_text("已修复")
    page.go_back()
    page.get_by_role("link", name="打开这本台账").click()
    expect(page.locator("h1")).to_have_text("首席科技官：共 5 条")


def letter(tmp_path: Path) -> str:
    file = tmp_path / "聘书.txt"
    file.write_text("聘书", encoding="utf-8")
    return str(file)


def register_one(page: Page, tmp_path: Path, firm: str) -> None:
    """The page of an entry says what is still missing; with the letter the step is taken."""
    page.goto("/registers/chief_officers/")
    page.locator("tbody").get_by_role("link", name=firm, exact=True).first.click()
    expect(page.locator("main aside .steps")).to_contain_text("还差")
    page.locator("main aside .steps").get_by_role("link", name="备案", exact=True).click()
    page.get_by_role("button", name="备案", exact=True).click()
    expect(page.locator("main")).to_contain_text("还缺佐证“聘书”")
    page.set_input_files("input[name='letter.new']", letter(tmp_path))
    page.get_by_role("button", name="备案", exact=True).click()
    expect(page.locator("h1")).to_have_text(f"{firm}：在任")


def register_several(page: Page, tmp_path: Path, firms: list[str]) -> None:
    """Three at once: the preview tells what would happen to each before anything does."""
    page.goto("/registers/chief_officers/?state=filed")
    for firm in firms:
        page.get_by_label(f"勾选 {firm}", exact=True).check()
    expect(page.locator("[data-chosen]")).to_contain_text("3")
    page.select_option("select[name=step]", label="备案")
    page.get_by_role("button", name="先看看").click()
    expect(page.locator("h1")).to_have_text("备案：0 条可办，3 条不可办")
    page.set_input_files("input[name='letter.new']", letter(tmp_path))
    page.get_by_role("button", name="再看一次").click()
    expect(page.locator("h1")).to_have_text("备案：3 条可办，0 条不可办")
    page.get_by_role("button", name="备案：3 条").click()
    expect(page.locator("main")).to_contain_text("3 条已办“备案”")


def see_the_counters(page: Page) -> None:
    page.goto("/registers/chief_officers/counters/")
    expect(page.locator("h1")).to_have_text("首席科技官：红桥 1 项低于目标")
    quota = page.locator(".counters .panel", has_text="当年新聘")
    expect(quota.locator(".fig")).to_have_text(re.compile("^4"))
    expect(quota).to_contain_text("≥ 20")


def publish_a_plan(page: Page, tmp_path: Path) -> str:
    """A plan whose indicator asks for the number; returns the address of the indicator."""
    file = tmp_path / "方案.txt"
    file.write_text(PLAN, encoding="utf-8")
    page.goto("/plans/new/")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name=re.compile("上传|读")).first.click()
    page.wait_for_url(re.compile(r"/plans/\d+/review/"))
    page.get_by_role("link", name="确认规划信息").click()
    page.get_by_role("button", name="确认").click()
    page.get_by_role("button", name="确认采用").first.click()
    expect(page.locator("main")).to_contain_text("已核 1 / 1")
    page.get_by_role("link", name="看发布预览").click()
    page.get_by_role("button", name="发布", exact=True).click()
    page.locator("#confirm").get_by_role("button", name="确认").click()
    expect(page.locator("h1")).to_contain_text("已发布：1 项指标")
    page.get_by_role("link", name="打开规划").click()
    page.get_by_role("link", name="首席科技官数量").first.click()
    return page.url


def bind_and_open(page: Page, indicator: str, firms: list[str]) -> None:
    """The counter is suggested; the indicator's figure opens to exactly the entries, and exports the same list."""
    page.get_by_role("link", name="绑定口径").last.click()
    first = page.locator(".todo li").first
    expect(first).to_contain_text("在任首席科技官")
    first.get_by_role("button", name="用这个").click()
    page.wait_for_url(indicator)
    figure = page.locator("main .figures .fig").first
    for _attempt in range(30):
        if figure.count() and figure.inner_text().startswith("4"):
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(figure).to_have_text(re.compile("^4"))
    figure.click()
    drawer = page.locator("#drawer")
    expect(drawer).to_be_visible()
    link = drawer.get_by_role("link", name="全部 4 条")
    expect(link).to_be_visible()
    for firm in firms:
        expect(drawer).to_contain_text(firm)
    link.click()
    expect(page.locator("tbody tr")).to_have_count(4)
    for firm in firms:
        expect(page.locator("tbody")).to_contain_text(firm)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as handle:
        exported = list(csv.reader(handle))[1:]
    assert len(exported) == 4
    assert all(any(firm in row for row in exported) for firm in firms)


def others_are_told_what_is_missing(page: Page, firm: str) -> None:
    """A reporter may read the register; the page of the step and that of definitions say who may act."""
    page.goto("/registers/chief_officers/?state=filed")
    expect(page.get_by_role("link", name="登记", exact=True)).to_have_count(0)
    page.locator("tbody a.strong").first.click()
    expect(page.locator("main aside")).to_contain_text("现在没有轮到您办的步骤")
    page.goto(page.url + "step/register/")
    expect(page.locator("main")).to_contain_text("这一步由科技部门工作人员办理")
    response = page.goto("/registers/define/")
    assert response is not None
    assert response.status == 403
    expect(page.locator("main")).to_contain_text("管理员")
