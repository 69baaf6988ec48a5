"""Which mentions are one indicator, which only repeat, and what disagrees."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wulian.chains.governance import mentions
from wulian.chains.governance.mentions import Mention


def mention(pk: int, *, key: str = "高新技术企业|家", year: int = 2025, value: str | None = "100", **over: object) -> Mention:
    given: dict[str, object] = {
        "pk": pk,
        "position": pk,
        "key": key,
        "name": key.partition("|")[0],
        "year": year,
        "value": Decimal(value) if value else None,
        "state": "numbered" if value else "masked",
        "past": False,
        "comparator": "=",
        "from_table": False,
        "commitment": "",
    }
    return Mention(**{**given, **over})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“雏鹰”企业数", "雏鹰企业数量"),
        ("高新技术企业数量", "高新技术企业总量"),
        ("研发经费（R&D）", "研发经费(R&D)"),
        ("技术合同成交额", "技术合同成交额"),
    ],
)
def test_names_that_differ_in_marks_or_counting_words_are_one(one: str, other: str) -> None:
    assert mentions.group_key(one, "家") == mentions.group_key(other, "家")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("全区有效发明专利", "全市有效发明专利"),
        ("国家高新技术企业", "高新技术企业"),
        ("营商环境指数", "营商环境"),
        ("战新增加值占比(占本区)", "战新增加值占比(占全市)"),
    ],
)
def test_scope_words_and_indices_keep_names_apart(one: str, other: str) -> None:
    assert mentions.group_key(one, "%") != mentions.group_key(other, "%")


def test_the_measure_without_its_scale_belongs_to_the_key() -> None:
    assert mentions.group_key("市场主体", "万家") == mentions.group_key("市场主体", "家")
    assert mentions.group_key("高新技术企业", "家") != mentions.group_key("高新技术企业", "%")


def test_a_table_row_stands_for_the_text_that_repeats_it() -> None:
    rows = [mention(1), mention(2), mention(3, from_table=True), mention(4, value="90")]
    assert mentions.repeats(rows) == {1: 3, 2: 3}


def test_past_and_future_and_missing_numbers_are_no_repeats_of_each_other() -> None:
    rows = [mention(1), mention(2, past=True), mention(3, value=None), mention(4, value=None)]
    assert mentions.repeats(rows) == {4: 3}


def test_two_values_of_one_year_disagree() -> None:
    rows = [mention(1, from_table=True), mention(2, value="120"), mention(3, year=2024, value="80")]
    assert [(one.pk, other.pk) for one, other in mentions.disagreements(rows)] == [(1, 2)]


@pytest.mark.parametrize("low", ["=", ">=", ">"])
def test_a_range_does_not_disagree(low: str) -> None:
    rows = [mention(1, value="800", comparator=low), mention(2, value="1000", comparator="<=")]
    assert mentions.disagreements(rows) == []


def test_a_range_the_wrong_way_round_does() -> None:
    rows = [mention(1, value="800", comparator="<="), mention(2, value="1000", comparator="<=")]
    assert len(mentions.disagreements(rows)) == 1


def test_two_levels_of_ambition_do_not_disagree() -> None:
    rows = [mention(1, value="12", comparator="<=", commitment="确保"), mention(2, value="10", comparator="<=", commitment="力争")]
    assert mentions.disagreements(rows) == []


def test_alike_groups_are_suggested_only_with_a_value_in_common() -> None:
    key, scoped, other = "高新技术企业|家", "全区高新技术企业|家", "全区技术合同成交额|元"
    groups = {
        key: [mention(1, key=key, from_table=True)],
        scoped: [mention(2, key=scoped)],
        other: [mention(3, key=other)],
    }
    found = mentions.likely_same(groups)
    assert [(one.keep, one.drop, one.scope) for one in found] == [(key, scoped, True)]
    groups[scoped] = [mention(2, key=scoped, value="101")]
    assert mentions.likely_same(groups) == []


@pytest.mark.parametrize(
    ("name", "unit", "kind", "comparator", "expected"),
    [
        ("全国高新区创新排名", "位", "target", "<=", "rank"),
        ("培训人数", "名", "per_year", ">=", "per_year"),
        ("新增上市企业数", "家", "cumulative", "increase", "cumulative"),
        ("地区生产总值年均增速", "%", "target", ">=", "growth"),
        ("研发投入强度", "%", "target", ">=", "share"),
        ("高新技术企业占比", "%", "target", "=", "share"),
        ("高新技术企业", "家", "target", "=", "level"),
        ("增长极数量", "个", "target", "=", "level"),
    ],
)
def test_the_kind_is_guessed_from_name_unit_and_wording(name: str, unit: str, kind: str, comparator: str, expected: str) -> None:
    assert mentions.indicator_kind(name, unit, kind, comparator) == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ({"value": 5, "raw": "5"}, "numbered"),
        ({"value": 0, "raw": "0"}, "numbered"),
        ({"value": None, "raw": "获奖**项"}, "masked"),
        ({"value": None, "masked": True, "raw": "获奖"}, "masked"),
        ({"value": None, "raw": "完成上级下达任务"}, "assigned"),
        ({"value": None, "raw": "医疗机构 -", "from_table": True}, "blank"),
        ({"value": None, "raw": "保持全国前列"}, "qualitative"),
    ],
)
def test_a_missing_number_keeps_its_reason(printed: dict[str, object], expected: str) -> None:
    assert mentions.number_state(printed) == expected


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("确保排名进入前12位，力争进入前10位", "12", "确保"),
        ("确保排名进入前12位，力争进入前10位", "10", "力争"),
        ("创新排名前十二,力争进入前十", "十二", ""),
        ("力争建成研究院1家，新建机构5家", "5", ""),
        ("到2022年，研发投入强度力争达到2.2%以上", "2.2", "力争"),
    ],
)
def test_commitment_is_read_in_the_clause_before_the_value(text: str, value: str, expected: str) -> None:
    assert mentions.commitment(text, text.index(value)) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15))
def test_a_number_survives_being_kept_as_text(value: Decimal) -> None:
    kept = mentions.plain_number(value)
    assert kept is not None
    assert "E" not in kept
    assert mentions.number(kept) == value


@pytest.mark.parametrize("text", ["二百", "1.2.3", "NaN", "Infinity", "12家"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        mentions.number(text)


def test_typed_numbers_may_be_full_width_or_grouped() -> None:
    assert mentions.number("１,２００") == Decimal(1200)
    assert mentions.number("") is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["a|家", "b|家"]), st.sampled_from([2024, 2025]), st.sampled_from(["1", "2", None]), st.booleans()),
        max_size=12,
    )
)
def test_after_merging_repeats_no_value_stands_twice(rows: list[tuple[str, int, str | None, bool]]) -> None:
    made = [mention(n, key=key, year=year, value=value, from_table=table) for n, (key, year, value, table) in enumerate(rows)]
    merged = mentions.repeats(made)
    left = [one for one in made if one.pk not in merged]
    assert len({(one.key, one.year, one.value) for one in left}) == len(left)
    assert set(merged.values()) <= {one.pk for one in left}
