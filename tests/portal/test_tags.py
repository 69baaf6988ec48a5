"""The tags that every page is made of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wulian.chains.governance.models import Indicator
from wulian.chains.governance.wording import indicator_name
from wulian.directory.selectors.regions import get_region
from wulian.foundation.models import AuditEvent, User
from wulian.portal.statuses import STATUSES
from wulian.portal.templatetags.wulian import bullet, day, money_parts, number, spark, status
from wulian.portal.words import UNITS, axis_unit, place, unit_word


def render(text: str, query: str = "", **context: Any) -> str:
    request = RequestFactory().get(f"/list/?{query}")
    return Template("{% load wulian %}" + text).render(Context({"request": request, **context}))


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (1234567, None, "1,234,567"),
        (Decimal("61.200000"), None, "61.2"),
        (Decimal("100"), None, "100"),
        (Decimal("2.5"), 0, "3"),
        (Decimal("-0.125"), 2, "-0.13"),
        (2, 2, "2.00"),
        (0, None, "0"),
        ("", None, "—"),
        (None, 2, "—"),
    ],
)
def test_numbers(value: Any, decimals: int | None, shown: str) -> None:
    assert number(value, decimals) == shown


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_number_is_shown_without_losing_any_of_it(value: Decimal) -> None:
    assert Decimal(number(value).replace(",", "")) == value


@pytest.mark.parametrize(
    ("fen", "unit", "shown"),
    [
        (0, "", ("0.00", "元")),
        (999_999, "", ("9,999.99", "元")),
        (1_000_000, "", ("1.00", "万元")),
        (-1_000_000, "", ("-1.00", "万元")),
        (10_000_000_000, "", ("1.00", "亿元")),
        (3_600_000, "元", ("36,000.00", "元")),
        (None, "", ("—", "")),
    ],
)
def test_money(fen: int | None, unit: str, shown: tuple[str, str]) -> None:
    assert money_parts(fen, unit) == shown


def test_a_moment_is_shown_in_shanghai() -> None:
    assert day(datetime(2022, 6, 30, 18, 5, tzinfo=UTC)) == "2022-07-01 02:05"
    assert day(date(2022, 6, 30)) == "2022-06-30"
    assert day(None) == "—"


def test_an_unknown_unit_stays_as_printed() -> None:
    assert unit_word("吨标准煤") == "吨标准煤"
    assert set(UNITS) >= {"家", "件", "亿元"}


def test_a_figure_opens_in_the_drawer_and_as_a_plain_link() -> None:
    html = render('{% figure 97 unit="家" href="/figures/hnte_valid/" label="高企" %}')
    assert 'href="/figures/hnte_valid/"' in html
    assert 'hx-get="/figures/hnte_valid/"' in html
    assert "高企 97 家" in html


def test_an_unknown_figure_is_a_dash_with_its_reason_and_never_zero() -> None:
    html = render('{% figure value why="缺：人口" href="/f/" %}', value=None)
    assert "—" in html
    assert "缺：人口" in html
    assert ">0<" not in html


def test_a_figure_escapes_what_it_is_given() -> None:
    html = render("{% figure value unit=unit %}", value="<b>", unit="<i>")
    assert "<b>" not in html
    assert "<i>" not in html


def test_a_zero_is_a_figure() -> None:
    assert ">0<" in render('{% figure 0 href="/f/" %}')


@pytest.mark.parametrize("code", STATUSES)
def test_a_status_has_shape_and_word(code: str) -> None:
    shown = STATUSES[code]
    assert str(status(code)) == f'<span class="pill {shown.css}">{shown.word}</span>'


@pytest.mark.parametrize(
    ("now", "milestone", "final", "start", "bar", "tick"),
    [
        (45, 60, 90, None, 50, 67),
        (120, 60, 90, None, 100, 67),
        (-5, None, 90, None, 0, None),
        (8, 7, 6, 10, 50, 75),  # a falling target: 10 down to 6
        (90, 90, 90, 90, 100, 100),
    ],
)
def test_bullets(now: int, milestone: int | None, final: int, start: int | None, bar: int, tick: int | None) -> None:
    html = bullet(now, milestone, final, "behind", start)
    assert f'<b style="width:{bar}%"' in html
    assert ("left:" in html) == (tick is not None)
    if tick is not None:
        assert f"left:{tick}%" in html
    assert str(now) in html


def test_a_bullet_without_a_target_or_a_value_says_so() -> None:
    assert "上级下达后生效" in bullet(None, None, None)
    assert "还没有数" in bullet(None, 5, 10)


def test_a_spark_skips_gaps_and_needs_two_values() -> None:
    assert spark([1]) == ""
    assert spark([None, 3, None]) == ""
    assert spark([1, None, 3, 5]).count("M") == 2


def test_sorting_turns_round_and_forgets_the_page() -> None:
    first = render('{% th "name" "名称" %}', "q=a&page=3")
    assert "sort=name" in first
    assert "page=" not in first
    assert "aria-sort" not in first
    up = render('{% th "name" "名称" %}', "sort=name")
    assert 'aria-sort="ascending"' in up
    assert "sort=-name" in up
    assert 'aria-sort="descending"' in render('{% th "name" "名称" %}', "sort=-name")


def test_the_pager_keeps_the_query() -> None:
    html = render("{% pager page %}", "q=天津&page=2", page=Paginator(range(100), 10).page(2))
    assert "q=%E5%A4%A9%E6%B4%A5&amp;page=3" in html
    assert "共 100 条" in html
    assert render("{% pager page %}", page=Paginator(range(5), 10).page(1)).strip() == ""


def test_chips_mark_the_chosen_one_and_show_counts() -> None:
    html = render('{% chips "kind" options %}', "kind=b&page=2", options=[("", "全部", 9), ("a", "甲", 0), ("b", "乙", 9)])
    assert html.count('aria-current="true"') == 1
    assert html.index("aria-current") > html.index("甲")
    assert '<span class="count">0</span>' in html
    assert "page=2" not in html


def test_tabs_start_at_the_first() -> None:
    html = render("{% tabs items %}", items=[("one", "一"), ("two", "二")])
    assert html.index("aria-current") < html.index("二")


def test_a_field_ties_label_help_and_error_together() -> None:
    class Sample(forms.Form):
        name = forms.CharField(label="名称", help_text="按执照填写")

    html = render("{% field form.name %}", form=Sample({"name": ""}))
    assert 'for="id_name"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_difference_speaks_in_the_words_of_the_model() -> None:
    html = render(
        "{% diff before after model %}",
        before={"is_active": True, "username": "a"},
        after={"is_active": False, "username": "a"},
        model=User,
    )
    assert "<del>是</del>" in html
    assert "<ins>否</ins>" in html
    assert "username" not in html
    assert render("{% diff before after %}", before=None, after={"x": None}).count("<ins>空</ins>") == 1
    kept = render("{% diff before after %}", before=None, after={"as_of": "2022-12-31", "units": [{"name_printed": "区科技局"}]})
    assert "<dt>截至</dt>" in kept
    assert "原文名称：区科技局" in kept
    assert "<dt>动作</dt>" in render("{% diff before after model %}", before=None, after={"action": "a"}, model=AuditEvent)


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("purple", "auto"), (None, "auto")])
def test_the_theme_comes_from_the_cookie(cookie: str | None, theme: str) -> None:
    request = RequestFactory().get("/")
    if cookie:
        request.COOKIES["theme"] = cookie
    assert Template("{% load wulian %}{% theme %}").render(Context({"request": request})) == theme


@pytest.mark.parametrize(
    ("unit", "chinese", "english"),
    [("亿元", "亿元", "100 million yuan"), ("家", "家", "firms"), ("%", "%", "%"), ("石", "石", "石"), ("", "", "")],
)
def test_a_unit_on_an_axis_is_spelled_out_in_english(unit: str, chinese: str, english: str) -> None:
    assert axis_unit(unit) == chinese
    with translation.override("en"):
        assert axis_unit(unit) == english


def test_places_are_said_in_the_readers_language(tianjin: None) -> None:
    region = get_region("120106")
    assert (place(region), place(region, "short"), place("南开区"), place(None)) == ("红桥区", "红桥", "南开区", "")
    with translation.override("en"):
        assert (place(region), place(region, "short")) == ("Hongqiao District", "Hongqiao District")
        assert (place("南开区"), place("某市")) == ("Nankai District", "某市"), "an area that was typed in is looked up"


def test_a_bound_indicator_has_the_metrics_english_name() -> None:
    bound, free = Indicator(name="全区高企总数", metric="hnte_valid"), Indicator(name="灯塔企业")
    assert (indicator_name(bound), indicator_name(free)) == ("全区高企总数", "灯塔企业")
    with translation.override("en"):
        assert (indicator_name(bound), indicator_name(free)) == ("High-tech enterprises in force", "灯塔企业")
