from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wulian.kernel import uscc

RIGHT = "91120000103064293R"
digits = st.text("0123456789", min_size=8, max_size=8)
head = st.text(uscc.ALPHABET, min_size=8, max_size=8)


def build(first8: str, organisation8: str) -> str:
    body = first8 + organisation8 + uscc.organisation_check_character(organisation8)
    return body + uscc.check_character(body)


# The check character X of GB 11714 is in the alphabet of GB 32100, so every organisation code can stand inside a credit code.
@given(head, digits)
def test_a_built_code_is_right(first8: str, organisation8: str) -> None:
    assert uscc.problem(build(first8, organisation8)) is None


@given(head, digits, st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_one_wrong_character_is_always_noticed(first8: str, organisation8: str, place: int, other: str) -> None:
    code = build(first8, organisation8)
    wrong = code[:place] + other + code[place + 1 :]
    assert (uscc.problem(wrong) is None) == (wrong == code)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (RIGHT, None),
        (RIGHT[:-1], "uscc_length"),
        (RIGHT + "1", "uscc_length"),
        ("", "uscc_length"),
        ("9112O000103064293R", "uscc_character"),
        ("91120000103064293I", "uscc_character"),
        ("91120000103064293Q", "uscc_check"),
        ("9112011267147723XL", "uscc_check"),
    ],
)
def test_what_is_wrong_is_said(code: str, problem: str | None) -> None:
    found = uscc.problem(code)
    assert (found.code if found else None) == problem
    if found:
        assert code in found.text()


def test_a_wrong_organisation_part_is_told_apart_from_a_wrong_check() -> None:
    body = RIGHT[:16] + ("0" if RIGHT[16] != "0" else "1")
    found = uscc.problem(body + uscc.check_character(body))
    assert found is not None
    assert found.code == "uscc_organisation"


@pytest.mark.parametrize("printed", ["无", "-", "N/A", "", "　", "暂无"])
def test_what_is_printed_for_no_code_is_no_code(printed: str) -> None:
    assert uscc.normalise(printed) == ""


def test_full_width_and_lower_case_are_the_same_code() -> None:
    assert uscc.normalise(" ９1120000 103064293ｒ ") == RIGHT


def test_the_body_class_comes_from_the_first_two_characters_only() -> None:
    assert [uscc.body_class(code) for code in ("91X", "92X", "93X", "51X", "11X", "XX")] == [
        "enterprise", "individual", "cooperative", "social", "government", "",
    ]  # fmt: skip


def test_the_real_register_has_one_bad_code(shared: Path) -> None:
    with gzip.open(shared / "data/register/tianjin.csv.gz", "rt", encoding="utf-8") as handle:
        codes = [uscc.normalise(row["统一社会信用代码"]) for row in csv.DictReader(handle)]
    assert codes.count("") == 3
    assert [code for code in codes if code and not uscc.is_valid(code)] == ["9112011267147723XL"]
