"""What a plan says about itself: number, issuer, date, region, base year. A first guess that the officer confirms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

HEAD = 3000  # a plan names itself within its first page or two

_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,10}[〔\[(［【]\s*(?:19|20)\d{2}\s*[〕\])］】]\s*\d{1,4}\s*号")
_DATE = re.compile(r"((?:19|20)\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_ISO_DATE = re.compile(r"(?:发布|发文|印发|成文)(?:日期|时间)[:：]\s*((?:19|20)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})")
_ISSUER = re.compile(
    r"^([\u4e00-\u9fff]{2,30}?(?:人民政府(?:办公厅|办公室)?|管理委员会|管委会|委员会|科学技术[局厅]|发展和改革(?:委员会|局)|工业和信息化[局厅]))"
    r"(?=$|关于|印发)"
)
_NOTICE = re.compile(r"^.*?关于(?:印发|发布|转发)|的?通知$|[《》]")


@dataclass(frozen=True, slots=True)
class RegionName:
    """A region as the guess sees it."""

    code: str
    names: tuple[str, ...]
    depth: int


@dataclass(slots=True)
class PlanGuess:
    """What the text says about the plan; empty or None where it says nothing."""

    title: str = ""
    short_title: str = ""
    document_number: str = ""
    issuer: str = ""
    issued_on: str = ""
    region: str = ""
    first_year: int | None = None
    last_year: int | None = None
    base_year: int | None = None
    cited: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"cited": list(self.cited)}


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def clean_title(title: str) -> str:
    """A plan's title out of a notice's title, on one line: 关于印发《…》的通知 -> …"""
    flat = re.sub(r"^[(（]此件[^()（）]{0,8}[)）]", "", re.sub(r"\s+", "", title))
    inner = re.search(r"《([^《》]{6,})》", flat)
    return (inner.group(1) if inner and "印发" in flat else _NOTICE.sub("", flat) if "印发" in flat else flat)[:200]


def named_by_notice(head: str) -> str:
    """The full title that the covering notice gives: 关于印发《…（2020-2022年）》的通知."""
    found = re.search(r"印发\s*《([^《》]{6,120})》\s*的?通知", head)
    return re.sub(r"\s+", "", found.group(1)) if found else ""


def issue_date(head: str) -> date | None:
    """The day of issue: a date alone on its line, else a stated day of publication, else none."""
    lines = [line.strip() for line in head.split("\n")]
    alone = [found for line in lines if (found := _DATE.fullmatch(line))]
    for found in [*alone, *_ISO_DATE.finditer(head)]:
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    return None


def find_region(title: str, issuer: str, head: str, regions: Iterable[RegionName]) -> str:
    """The region whose name stands in the title, else in the issuer, else most often in the head; deeper and longer win."""
    known = list(regions)
    for text in (title, issuer):
        hits = [(region.depth, len(name), region.code) for region in known for name in region.names if name and name in text]
        if hits:
            return max(hits)[2]
    counts = [(max((head.count(name) for name in region.names if name), default=0), region.depth, region.code) for region in known]
    best = max(counts, default=(0, 0, ""))
    return best[2] if best[0] > 1 else ""


def guess_plan(
    text: str,
    *,
    title: str,
    period: tuple[int, int] | None,
    table_years: Sequence[int],
    regions: Iterable[RegionName],
) -> PlanGuess:
    """Everything guessed from `text`. `table_years`: years of the yearly breakdown, from which the base year follows."""
    head = _fold(text[:HEAD])
    guess = PlanGuess(title=named_by_notice(text[:HEAD]) or clean_title(title))
    guess.short_title = guess.title[:60]
    if number := _NUMBER.search(head):
        guess.document_number = re.sub(r"\s", "", number.group()).translate(str.maketrans("[]()【】", "〔〕〔〕〔〕"))
    lines = [re.sub(r"\s", "", line) for line in head.split("\n")]
    guess.issuer = next((found.group(1) for line in lines if (found := _ISSUER.match(line))), "")
    issued = issue_date(head)
    guess.issued_on = issued.isoformat() if issued else ""
    guess.region = find_region(_fold(guess.title), guess.issuer, head, regions)
    if period:
        guess.first_year, guess.last_year = period
        guess.base_year = base_year(period, issued, table_years)
    guess.cited = tuple(dict.fromkeys(re.findall(r"《([^《》]{6,60}(?:规划|计划|方案|纲要|意见)[^《》]{0,30})》", text)))[:20]
    return guess


def base_year(period: tuple[int, int], issued: date | None, table_years: Sequence[int]) -> int:
    """The year that the plan starts from: the year before it, unless its table starts with a year already over at issue.

    A plan for 2020-2022 issued in March 2021 prints 2020 as a known value, so its base is 2020.
    """
    first, last = period
    over = [year for year in table_years if first <= year < last and issued is not None and year < issued.year]
    return min(over) if over else first - 1
