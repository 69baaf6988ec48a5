"""The journeys of the README, with a real browser against a running installation."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import Site

PUBLIC_PAGES = ["/", "/plans/", "/organisations/", "/tasks/", "/metrics/", "/reference/components/", "/account/login/"]
OFFICER_PAGES = ["/imports/", "/imports/new/", "/plans/new/", "/rounds/", "/problems/", "/notices/"]


def no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_public_pages_hold_at_both_widths(page: Page, path: str) -> None:
    response = page.goto(path)
    assert response is not None
    assert response.status == 200
    assert page.locator("h1").count() == 1
    assert no_sideways_scroll(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert no_sideways_scroll(page), "the page scrolls sideways at 390 px"


@pytest.mark.parametrize("path", PUBLIC_PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_public_pages_pass_axe(page: Page, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(path)
    results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("path", OFFICER_PAGES)
def test_office_pages_hold_and_pass_axe(page: Page, sign_in: Callable[[str], Page], path: str) -> None:
    sign_in("officer")
    response = page.goto(path)
    assert response is not None
    assert response.status == 200
    assert no_sideways_scroll(page)
    results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert results.violations_count == 0, results.generate_report()
    page.set_viewport_size({"width": 390, "height": 844})
    assert no_sideways_scroll(page), "the page scrolls sideways at 390 px"


def test_a_figure_opens_to_its_records(page: Page) -> None:
    page.goto("/plans/")
    page.get_by_role("link", name=re.compile("红桥.*三年")).first.click()
    page.wait_for_load_state()
    figure = page.locator("main table .fig").first
    number = figure.inner_text()
    figure.click()
    drawer = page.locator("[role=dialog], .drawer").first
    expect(drawer).to_be_visible()
    expect(drawer).to_contain_text(number.strip())
    expect(drawer).to_contain_text("口径")
    page.keyboard.press("Escape")


def test_english_is_one_click_away_and_complete_on_the_home_page(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="EN").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "en"
    menu = page.locator("nav").first.inner_text()
    assert not re.search(r"[\u4e00-\u9fff]", menu), menu


def test_an_officer_is_needed_for_imports(page: Page) -> None:
    page.goto("/imports/")
    assert "/account/login" in page.url


def test_a_plan_is_uploaded_reviewed_and_published(page: Page, sign_in: Callable[[str], Page], tmp_path: Path) -> None:
    text = (
        "某区科技创新三年行动方案（2026—2028年）\n一、工作目标\n到2028年，高新技术企业达到150家，技术合同成交额突破120亿元。\n"
        "二、重点任务\n（一）培育企业\n支持企业申报高新技术企业。（区科技局牵头，区商务局按职责分工负责）\n"
    )
    file = tmp_path / "方案.txt"
    file.write_bytes(text.encode("gb18030"))
    sign_in("officer")
    page.goto("/plans/new/")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name=re.compile("上传|读")).first.click()
    page.wait_for_url(re.compile(r"/plans/\d+/review/"), timeout=20_000)
    expect(page.locator("main")).to_contain_text("高新技术企业", timeout=20_000)
    expect(page.locator("main")).to_contain_text("150")
    assert page.locator("#source a.m").count() >= 2, "what was read is marked in the source"


def test_a_register_is_imported_and_a_broken_row_is_kept(page: Page, sign_in: Callable[[str], Page], tmp_path: Path, site: Site) -> None:
    file = tmp_path / "登记.csv"
    file.write_text(
        "企业名称,统一社会信用代码,注册日期,注册资金,地区,注册地址\n"
        "天津试航精密仪器有限公司,91120106MA0TESTX1X,2020-01-05,100(万元人民币),红桥,天津市红桥区试验路1号\n"
        ",91120106MA0TESTX2X,不是日期,100(万元人民币),红桥,天津市红桥区试验路2号\n",
        encoding="utf-8",
    )
    sign_in("officer")
    page.goto("/imports/new/")
    page.set_input_files("input[type=file]", str(file))
    page.locator("[name=source]").first.fill("市场监管试验")
    page.get_by_role("button", name="上传").click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))
    page.get_by_role("button", name="开始导入").click()
    expect(page.locator("main")).to_contain_text("已完成", timeout=20_000)
    expect(page.locator("main")).to_contain_text("隔离")


def test_keyboard_reaches_the_main_content(page: Page) -> None:
    page.goto("/plans/")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused is not None
    assert focused.startswith("#"), "the first stop is the link that skips to the content"
