from __future__ import annotations

import pytest

from wulian.engines.linkage.codes import Codes, parse_codes

from .helpers import CODE_A


@pytest.mark.parametrize(
    "printed",
    [
        CODE_A,
        CODE_A.lower(),
        f" {CODE_A[:8]} {CODE_A[8:]} ",
        f"{CODE_A[:8]}-{CODE_A[8:]}",
        CODE_A.replace("0", "O", 1).replace("1", "I", 1),
    ],
)
def test_spellings_of_one_code(printed: str) -> None:
    assert parse_codes([printed]) == Codes(CODE_A, CODE_A[8:17])


def test_kinds_are_told_apart() -> None:
    assert parse_codes(["120116633131592"]).old == "120116633131592"
    assert parse_codes([f"{CODE_A[8:16]}-{CODE_A[16]}"]).organisation == CODE_A[8:17]
    wrong = CODE_A[:-1] + ("0" if CODE_A[-1] != "0" else "1")
    assert parse_codes([wrong]) == Codes(broken=wrong)


@pytest.mark.parametrize("blank", ["", "无", "N/A", "-", "  "])
def test_blanks_are_no_code(blank: str) -> None:
    assert not parse_codes([blank])
