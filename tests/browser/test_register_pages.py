"""All kinds of register pages with the demonstration's entries: WCAG 2.2 AA in both languages and themes, both widths, keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
EVENTS = "/registers/events/"
PUBLIC = ["/registers/", EVENTS, EVENTS + "calendar/?month=2026-10", EVENTS + "about/", EVENTS + "counters/", EVENTS + "editions/"]
OFFICER = [
    "/registers/",
    "/registers/?q=T3",
    "/registers/?q=没有这样的台账",
    EVENTS,
    EVENTS + "?state=held&state=closed&late=1",
    EVENTS + "?q=没有这样的活动",
    EVENTS + "board/",
    EVENTS + "calendar/?month=2026-10",
    "/registers/incubators/map/",
    EVENTS + "cadence/",
    "/registers/envoys/counters/",
    EVENTS + "editions/",
    EVENTS + "about/",
    EVENTS + "new/",
    EVENTS + "move/?step=announce&all=1",
    EVENTS + "sheet/",
    EVENTS + "print/",
    "/registers/envoys/new/",
    "/registers/todo/",
    "/registers/todo/?show=soon",
    "/registers/todo/?show=late&register=events",
    "/imports/new/?kind=register-events",
    "/notices/",
]


def flaws_of(page: Page) -> list[str]:
    """What axe finds in both themes, the page scrolling sideways at either width, and not exactly one heading."""
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        results = Axe().run(page, options=RULES)
        if results.violations_count:
            found.append(f"{page.url} ({scheme}): {results.generate_report()}")
    if page.locator("h1").count() != 1:
        found.append(f"{page.url}: {page.locator('h1').count()} h1")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        if not page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
            found.append(f"{page.url}: scrolls sideways at {width}")
    return found


def speak(page: Page, language: str) -> None:
    if language == "en":
        page.goto("/")
        page.get_by_role("button", name="EN").click()
        page.wait_for_load_state()


def addresses_of_an_entry(page: Page) -> list[str]:
    """An entry that still has steps: its page, its form, and the form of its first step."""
    page.goto(EVENTS + "?state=planned")
    page.locator("tbody a.strong").first.click()
    page.wait_for_load_state()
    step = page.locator(".steps a").first.get_attribute("href")
    assert step is not None
    return [page.url, page.url + "edit/", step]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_of_an_officer_pass_axe(page: Page, sign_in: Callable[[str], Page], language: str) -> None:
    page.set_default_timeout(30_000)
    sign_in("officer")
    speak(page, language)
    flaws = []
    for path in [*OFFICER, *addresses_of_an_entry(page)]:
        response = page.goto(path)
        assert response is not None
        if response.status != 200:
            flaws.append(f"{path}: {response.status}")
        flaws += flaws_of(page)
    assert not flaws, "\n".join(flaws)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_public_pages_pass_axe(page: Page, language: str) -> None:
    page.set_default_timeout(30_000)
    speak(page, language)
    flaws = []
    for path in PUBLIC:
        page.goto(path)
        flaws += flaws_of(page)
    page.goto(EVENTS)
    page.locator("tbody a.strong").first.click()
    page.wait_for_load_state()
    assert not [*flaws, *flaws_of(page)], "\n".join([*flaws, *flaws_of(page)])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_defining_a_register_passes_axe(page: Page, sign_in: Callable[[str], Page], language: str) -> None:
    sign_in("administrator")
    speak(page, language)
    page.goto("/registers/define/?register=events")
    flaws = flaws_of(page)
    page.fill("#id_text", page.locator("#id_text").input_value().replace("initial: planned", "initial: nowhere"))
    page.locator("#define button").first.click()
    page.wait_for_load_state()
    expect(page.locator("main aside .todo")).to_contain_text("nowhere")
    flaws += flaws_of(page)
    assert not flaws, "\n".join(flaws)


def test_a_counter_opens_to_its_entries_in_the_drawer(page: Page, sign_in: Callable[[str], Page]) -> None:
    sign_in("officer")
    page.goto(EVENTS + "counters/")
    page.locator(".counters .fig").first.click()
    drawer = page.locator("#drawer")
    expect(drawer).to_be_visible()
    expect(drawer).to_contain_text("口径")
    assert not flaws_of(page)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_filters_are_used_with_the_keyboard(page: Page, sign_in: Callable[[str], Page]) -> None:
    sign_in("officer")
    page.goto(EVENTS)
    state = page.locator(".filter summary").first
    state.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("state="))
    assert page.locator("tbody tr").count() > 0
    expect(page.locator("h1")).to_contain_text("找到")


def test_a_reference_is_chosen_with_the_keyboard(page: Page, sign_in: Callable[[str], Page]) -> None:
    sign_in("officer")
    page.goto(EVENTS + "new/")
    field = page.get_by_role("combobox", name="联合主办、承办")
    field.focus()
    page.keyboard.type("天津")
    offers = page.locator(".offers:not([hidden]) [role=option]")
    expect(offers.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    name = offers.nth(1).get_attribute("data-label")
    assert name is not None
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert not flaws_of(page)
    page.keyboard.press("Enter")
    expect(page.locator(".picked")).to_contain_text([name])
    expect(field).to_be_focused()
    page.keyboard.type("天津")
    expect(offers.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".offers:not([hidden])")).to_have_count(0)


def test_a_refused_form_passes_axe_and_names_what_is_wrong(page: Page, sign_in: Callable[[str], Page]) -> None:
    sign_in("officer")
    page.goto(EVENTS + "new/")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main .note.error")).to_be_visible()
    assert page.locator("[data-invalid]").count() > 2
    assert not flaws_of(page)


def test_a_workbook_with_conflicts_is_shown_cell_by_cell(page: Page, sign_in: Callable[[str], Page], tmp_path: Path) -> None:
    page.set_default_timeout(30_000)
    sign_in("officer")
    entry = addresses_of_an_entry(page)[0]
    page.goto(EVENTS + "?state=planned")
    page.locator("summary", has_text="批量").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载表格（可改后传回）").click()
    file = tmp_path / "活动.xlsx"
    download.value.save_as(file)
    book = load_workbook(file)
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows(max_row=5) if any(cell.value == "活动名称" for cell in row))
    column = next(cell.column for cell in header if cell.value == "活动名称")
    number = entry.rstrip("/").rsplit("/", 1)[1]
    line = next(cell.row for cell in sheet["A"] if cell.value == number)
    sheet.cell(line, column).value = "改在表格里的名称"
    book.save(file)
    page.goto(entry + "edit/")
    before = page.get_by_label("活动名称").input_value()
    page.get_by_label("活动名称").fill("改在页面上的名称")
    page.get_by_role("button", name="保存").click()
    page.goto(EVENTS + "sheet/")
    page.set_input_files("input[name=workbook]", str(file))
    page.get_by_role("button", name="看看会改什么").click()
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text("改在页面上的名称")
    expect(conflict).to_contain_text("改在表格里的名称")
    assert not flaws_of(page)
    conflict.get_by_label("我改的").check()
    page.get_by_role("button", name=re.compile("确认，改")).click()
    expect(page.locator("main")).to_contain_text("改了 1 条")
    page.goto(entry + "edit/")
    expect(page.get_by_label("活动名称")).to_have_value("改在表格里的名称")
    page.get_by_label("活动名称").fill(before)
    page.get_by_role("button", name="保存").click()


def test_the_mapping_of_an_import_passes_axe(page: Page, sign_in: Callable[[str], Page], tmp_path: Path) -> None:
    file = tmp_path / "活动.csv"
    file.write_text("活动名称,活动类型,开始日期\n试验活动,路演,2026-12-01\n", encoding="utf-8")
    sign_in("officer")
    page.goto("/imports/new/?kind=register-events")
    page.set_input_files("input[type=file]", str(file))
    page.locator("[name=source]").first.fill("活动名册")
    page.get_by_role("button", name="上传").click()
    expect(page.locator("main select").first).to_be_visible()
    assert not flaws_of(page)
