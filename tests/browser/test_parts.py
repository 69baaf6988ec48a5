"""The parts of the design system in a real browser: drawer, dialogs, charts under the CSP, keyboard, and without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import Site

COMPONENTS = "/reference/components/"


def test_a_figure_opens_in_the_drawer_and_escape_gives_the_focus_back(page: Page) -> None:
    page.goto(COMPONENTS)
    figure = page.locator(".figures a.fig").first
    figure.focus()
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer).to_be_visible()
    expect(page.locator("#drawer-title")).to_have_text("97 从哪来")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || document.getElementById('drawer').contains(document.activeElement)"
        )
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(figure).to_be_focused()


def test_charts_become_live_under_the_content_security_policy(page: Page) -> None:
    page.goto(COMPONENTS)
    charts = page.locator(".chart")
    assert charts.count() >= 5
    for index in range(charts.count()):
        chart = charts.nth(index)
        chart.scroll_into_view_if_needed()
        chart.hover()
        expect(chart).to_have_attribute("data-live", "yes", timeout=20_000)  # the script is loaded once
    first = charts.first
    first.scroll_into_view_if_needed()
    first.locator(".live path[aria-roledescription=point]").nth(1).hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text("2020")


def test_a_risky_act_is_asked_about_and_no_means_no(page: Page) -> None:
    page.goto(COMPONENTS)
    page.locator("form button.risk").first.click()
    question = page.locator("#confirm")
    expect(question).to_contain_text("确定撤下吗")
    question.get_by_role("button", name="不，返回").click()
    expect(question).to_be_hidden()
    assert page.url.endswith(COMPONENTS)
    page.locator("form button.risk").first.click()
    question.get_by_role("button", name="确认").click()
    page.wait_for_url("**?*")


def test_rows_are_walked_with_the_keyboard(page: Page) -> None:
    page.goto(COMPONENTS)
    rows = page.locator("table.keys tbody tr")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(rows.nth(5)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(4)).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#figures")
    page.keyboard.press("/")
    expect(page.locator(".top input[type=search]")).to_be_focused()


def test_the_theme_changes_at_once_and_stays(page: Page) -> None:
    page.goto(COMPONENTS)
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(paper)
    page.locator("details.menu summary[aria-label='外观与语言']").click()
    page.get_by_role("button", name="深色").click()
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    assert page.evaluate(paper) == dark


def test_a_menu_closes_on_escape(page: Page) -> None:
    page.goto(COMPONENTS)
    summary = page.locator("details.menu summary").first
    summary.click()
    expect(page.locator("details.menu[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("details.menu[open]")).to_have_count(0)


@pytest.fixture
def without_script(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(base_url=site.url, viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN")
    yield context.new_page()
    context.close()


def test_without_script_the_menu_figures_charts_and_theme_still_work(without_script: Page) -> None:
    page = without_script
    page.goto(COMPONENTS)
    page.locator("details.mobile > summary").click()
    expect(page.locator("details.mobile nav a").first).to_be_visible()
    page.locator("details.mobile > summary").click()
    expect(page.locator(".chart svg:visible").first).to_be_visible()
    page.locator("details.menu summary[aria-label='外观与语言']").click()
    page.get_by_role("button", name="深色").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator(".figures a.fig").first.click()
    expect(page.locator("h1")).to_be_visible()
