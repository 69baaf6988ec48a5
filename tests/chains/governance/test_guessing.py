"""What a plan says about itself."""

from __future__ import annotations

from datetime import date

import pytest

from wulian.chains.governance import guessing
from wulian.chains.governance.guessing import RegionName

REGIONS = [
    RegionName("330000", ("浙江省", "浙江"), 1),
    RegionName("330100", ("杭州市", "杭州"), 2),
    RegionName("330106", ("西湖区",), 3),
]
HEAD = """杭州市西湖区人民政府关于印发
《西湖区数字经济发展规划（2024—2026年）》的通知
西政发〔2024〕12号
各街道办事处：
2024年3月8日
"""


def guess(text: str = HEAD, **over: object) -> guessing.PlanGuess:
    given = {
        "title": "关于印发《西湖区数字经济发展规划》的通知",
        "period": (2024, 2026),
        "table_years": [2024, 2025, 2026],
        "regions": REGIONS,
    }
    return guessing.guess_plan(text, **{**given, **over})  # type: ignore[arg-type]


def test_the_notice_names_the_plan_its_number_issuer_date_and_region() -> None:
    found = guess()
    assert found.title == "西湖区数字经济发展规划（2024—2026年）"
    assert found.document_number == "西政发〔2024〕12号"
    assert found.issuer == "杭州市西湖区人民政府"
    assert found.issued_on == "2024-03-08"
    assert found.region == "330106"
    assert (found.first_year, found.last_year, found.base_year) == (2024, 2026, 2023)


def test_a_text_that_says_nothing_leaves_everything_open() -> None:
    found = guess("没有抬头的文字", title="", period=None, regions=[])
    assert (found.document_number, found.issuer, found.issued_on, found.region, found.first_year) == ("", "", "", "", None)


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        (date(2019, 12, 31), 2019),  # issued before the period: the year before it
        (date(2020, 12, 31), 2019),  # 2020 is not over at issue
        (date(2021, 1, 1), 2020),  # 2020 is over: its column is a known value
        (None, 2019),
    ],
)
def test_a_year_over_at_issue_is_the_base(issued: date | None, expected: int) -> None:
    assert guessing.base_year((2020, 2022), issued, [2020, 2021, 2022]) == expected


def test_the_last_year_is_never_the_base() -> None:
    assert guessing.base_year((2020, 2022), date(2024, 1, 1), [2022]) == 2019


def test_a_date_that_does_not_exist_is_passed_over() -> None:
    assert guessing.issue_date("2024年2月31日\n2024年3月1日") == date(2024, 3, 1)


def test_the_deeper_region_in_the_title_wins() -> None:
    assert guessing.find_region("杭州市西湖区规划", "", "", REGIONS) == "330106"
    assert guessing.find_region("杭州市规划", "", "西湖区", REGIONS) == "330100"
