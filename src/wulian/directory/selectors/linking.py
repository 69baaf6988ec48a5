"""Looking a firm up as the linkage engine does: who is meant by a name, a code, an address. A look-up creates nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wulian.directory.importing.linked import IMPORTER, linking_of_row
from wulian.directory.linking.knowing import kept_linker
from wulian.directory.linking.linker import Linker
from wulian.directory.linking.narrowing import narrowed
from wulian.directory.linking.records import record_of
from wulian.directory.models import Organisation
from wulian.engines.linkage import Judgement, Verdict
from wulian.foundation.access import Actor, Role, require
from wulian.foundation.imports import mapping, reading
from wulian.foundation.imports.declare import Row
from wulian.kernel.errors import Invalid

LIMIT = 10
MOST_ROWS = 5_000  # of a file; longer lists are imported


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate. `verdict`: same, unsure, or forbidden (alike, but it cannot be the same: a branch, another code)."""

    organisation: Organisation
    verdict: str
    score: float
    judgement: Judgement

    @property
    def sentence(self) -> str:
        return self.judgement.en if get_language() == "en" else self.judgement.zh

    @property
    def percent(self) -> int:
        return round(self.score * 100)


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of a file that was asked about, with its candidates, best first."""

    number: int
    name: str
    matches: list[Match]
    problem: str = ""

    @property
    def best(self) -> Match | None:
        return self.matches[0] if self.matches else None

    @property
    def verdict(self) -> str:
        """same: one certain answer; unsure: somebody should look; none: nobody is known."""
        if self.problem:
            return "unreadable"
        sure = [match for match in self.matches if match.verdict == Verdict.SAME]
        if len(sure) == 1:
            return "same"
        return "unsure" if sure or any(match.verdict == Verdict.UNSURE for match in self.matches) else "none"


def _require(viewer: Actor) -> None:
    # What is printed in records of other registers shows in the explanations.
    require(viewer.has(Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR), act=_("按归并查找主体"), reason=_("需要科技部门工作人员或审计身份"))


def find(*, viewer: Actor, name: str, code: str = "", address: str = "", district: str = "", limit: int = LIMIT) -> list[Match]:
    """Organisations that a record may be of, best first, each once and explained. Raises Denied, Invalid."""
    _require(viewer)
    if not name.strip() and not code.strip():
        raise Invalid(field=_("查找"), why=_("要给出名称或代码"))
    linker = narrowed(name, code)
    linking = {"name": name.strip(), "codes": [code.strip()] if code.strip() else [], "address": address, "district": district}
    found = _candidates(linker, linking, limit)
    return _matches(found, Organisation.objects.select_related("region").in_bulk({owner for owner, _said in found}))


def _candidates(linker: Linker, linking: dict[str, Any], limit: int) -> list[tuple[int, Judgement]]:
    best: dict[int, Judgement] = {}
    for one in linker.ask(record_of("asked:", "asked", linking), limit * 3):
        best.setdefault(linker.owner[one.key], one.judgement)  # best first
    ranks = {Verdict.SAME: 0, Verdict.UNSURE: 1}
    ordered = sorted(best.items(), key=lambda item: (ranks.get(item[1].verdict, 2), -item[1].weight, item[0]))
    return ordered[:limit]


def _matches(found: Iterable[tuple[int, Judgement]], organisations: dict[int, Organisation]) -> list[Match]:
    return [
        Match(organisations[owner], str(said.verdict), said.score, said)
        for owner, said in found
        if owner in organisations and organisations[owner].merged_into_id is None
    ]


def find_file(*, viewer: Actor, handle: IO[bytes], name: str, limit: int = 3) -> list[Asked]:
    """Every row of a list (attendees, applicants) with its candidates; columns are known by their names. Nothing is stored.

    Raises Denied, EmptyFile, NotATable, BrokenFile, NoRows, NoHeader, MappingIncomplete, Invalid (too many rows).
    """
    _require(viewer)
    table = reading.open_table(handle, name, mapping.known_keys(IMPORTER))
    columns = mapping.check(IMPORTER, table.header, mapping.suggest(IMPORTER, table.header))
    reader = mapping.RowReader(IMPORTER, table.header, columns)
    linker = kept_linker()
    rows = list(_read(reader, table.rows))
    found: list[list[tuple[int, Judgement]]] = []
    for row in rows:
        found.append([] if isinstance(row, Asked) else _candidates(linker, linking_of_row(row), limit))
    organisations: dict[int, Organisation] = {}
    wanted = sorted({owner for one in found for owner, _said in one})
    for start in range(0, len(wanted), 500):
        organisations |= Organisation.objects.select_related("region").in_bulk(wanted[start : start + 500])
    return [
        row if isinstance(row, Asked) else Asked(row.number, row.values["name"], _matches(one, organisations))
        for row, one in zip(rows, found, strict=True)
    ]


def _read(reader: mapping.RowReader, rows: Iterable[reading.RawRow]) -> Iterator[Row | Asked]:
    for count, raw in enumerate(rows):
        if count >= MOST_ROWS:
            raise Invalid(field=_("文件"), why=_("超过 %(most)s 行：请分成几份，或作为关联台账导入") % {"most": MOST_ROWS})
        read = reader.read(raw)
        if isinstance(read, Row):
            yield read
        else:
            printed = "、".join(text for text in raw.cells if text)[:80]
            yield Asked(raw.number, printed, [], "；".join(problem.text(_) for problem in read))
