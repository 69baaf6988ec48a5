from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wulian.kernel.money import best_unit, format_amount, format_capital, format_fen, parse_capital, parse_fen
from wulian.kernel.problems import BadValue

WAN = 1_000_000  # fen in 万元


@pytest.mark.parametrize(
    ("text", "amount", "currency", "doubts"),
    [
        ("1,913.2157(万元人民币)", 1_913_215_700, "CNY", []),
        ("216(万元人民币)", 216 * WAN, "CNY", []),
        ("6,163.5700(万元)", 6_163_570_000, "CNY", []),
        ("2,994(万美元)", 2_994 * WAN, "USD", []),
        ("35万人民币", 35 * WAN, "CNY", []),
        ("5500万元人民币", 5500 * WAN, "CNY", []),
        ("500(万港币)", 500 * WAN, "HKD", []),
        ("50,000(万日元)", 500_000_000, "JPY", []),
        ("612.7000(万欧元)", 612_700_000, "EUR", []),
        ("13万人民币元", 13 * WAN, "CNY", []),
        ("18.2人民币元", 1820, "CNY", ["capital_unit"]),
        ("45(万)", 45 * WAN, "CNY", ["capital_no_currency"]),
        ("4元人民币", 400, "CNY", ["capital_unit"]),
        ("350000元人民币", 35_000_000, "CNY", []),
        ("30000元人民币", 3_000_000, "CNY", []),
        ("29999元人民币", 2_999_900, "CNY", ["capital_unit"]),
        ("0(万元人民币)", 0, "CNY", []),
        ("6", None, "", ["capital_no_unit"]),
        ("424.100000", None, "", ["capital_no_unit"]),
        ("9745万美元", 9745 * WAN, "USD", []),
        ("40(万德国马克)", 40 * WAN, "DEM", []),
        ("685(万英镑)", 685 * WAN, "GBP", []),
        ("14(万澳大利亚元)", 14 * WAN, "AUD", []),
        ("50(万元美元)", 50 * WAN, "USD", []),
        ("200(万元港元)", 200 * WAN, "HKD", []),
        ("2,050(万瑞士法郎)", 2050 * WAN, "CHF", []),
        ("1,260(万加拿大元)", 1260 * WAN, "CAD", []),
        ("20(万新加坡元)", 20 * WAN, "SGD", []),
        ("人民币500万元", 500 * WAN, "CNY", []),
        ("５００万元整", 500 * WAN, "CNY", []),
        ("1.5亿元", 15_000_000_000, "CNY", []),
        ("N/A", None, "", []),
        ("-", None, "", []),
        ("", None, "", []),
        ("伍佰万元", None, "", ["capital_unreadable"]),
        ("0.00000000001万元", None, "", ["capital_too_fine"]),
        ("99999999999999999999万元", None, "", ["capital_too_fine"]),
    ],
)
def test_every_writing_of_capital(text: str, amount: int | None, currency: str, doubts: list[str]) -> None:
    capital = parse_capital(text)
    assert (capital.amount, capital.currency, [problem.code for problem in capital.problems]) == (amount, currency, doubts)


def test_a_doubt_shows_the_printed_words() -> None:
    assert "4元人民币" in parse_capital("4元人民币").problems[0].text()


@given(st.integers(0, 10**15))
def test_fen_survive_printing_and_reading(fen: int) -> None:
    assert parse_fen(format_amount(fen)) == fen
    assert parse_fen(format_amount(fen, "万元"), "万元") == fen
    assert parse_fen(format_fen(fen)) == fen


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "十万", "1,000元整x"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_fen(text)


def test_a_fraction_of_a_fen_is_refused_not_rounded() -> None:
    with pytest.raises(BadValue) as caught:
        parse_fen("1.005")
    assert caught.value.problem.code == "fraction_of_fen"


def test_the_unit_in_the_text_wins_over_the_columns_unit() -> None:
    assert parse_fen("3元", "万元") == 300
    assert parse_fen("-2.5", "万元") == -2_500_000


def test_units_turn_at_ten_thousand_and_a_hundred_million() -> None:
    assert [best_unit(fen) for fen in (999_999, 1_000_000, 9_999_999_999, 10_000_000_000)] == ["元", "万元", "万元", "亿元"]


def test_capital_for_a_page() -> None:
    assert format_capital(216 * WAN, "CNY") == "216 万元"
    assert format_capital(2_994 * WAN, "USD") == "2,994 万美元"
    assert format_capital(500_000_000, "JPY") == "50,000 万日元"
    assert format_capital(None, "") == ""
