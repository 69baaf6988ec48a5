"""Looking organisations up as the linkage engine does. Nothing is created."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import File, Query, Schema
from ninja.files import UploadedFile
from pydantic import Field

from wulian.directory.selectors import linking as seen

from .operations import Subject
from .shapes import Label, Line, Word, actor

subject = Subject("organisations")


class ContributionOut(Schema):
    """One thing that was compared. `weight`: bits for (positive) or against being the same."""

    code: str
    level: str
    zh: str
    en: str
    weight: float
    left: str
    right: str


class MatchOut(Schema):
    """`score`: 0 to 1. forbidden: alike, but it cannot be the same."""

    organisation_id: int
    name: str
    uscc: str
    verdict: Literal["same", "unsure", "different", "forbidden"]
    score: float
    sentence: Label
    contributions: list[ContributionOut]


class AskedOut(Schema):
    """A row of the file. same: one certain answer; unsure: somebody should look; none: nobody is known."""

    number: int
    name: str
    verdict: Literal["same", "unsure", "none", "unreadable"]
    problem: str
    matches: list[MatchOut]


class FindQuery(Schema):
    """A name or a code is needed; an address helps."""

    name: Line = ""
    code: Annotated[Word, Field(max_length=40)] = ""
    address: Line = ""
    district: Word = ""
    limit: int = Field(10, ge=1, le=50)


def _match(one: seen.Match) -> dict[str, Any]:
    return {
        "organisation_id": one.organisation.pk, "name": one.organisation.name, "uscc": one.organisation.uscc, "verdict": one.verdict,
        "score": one.score, "sentence": one.sentence, "contributions": one.judgement.contributions,
    }  # fmt: skip


@subject.get("/link/candidates", "find_candidates", list[MatchOut])
def candidates(request: HttpRequest, query: Query[FindQuery]) -> Any:
    """Organisations that a name, code or address may mean, best first, explained."""
    return [_match(one) for one in seen.find(viewer=actor(request), **query.dict())]


@subject.post("/link/candidates", "find_candidates_of_file", list[AskedOut])
def candidates_of_file(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Candidates for every row of a list, such as attendees; columns are known by their names."""
    assert file.file is not None
    rows = seen.find_file(viewer=actor(request), handle=file.file, name=file.name or "")
    return [
        {
            "number": row.number,
            "name": row.name,
            "verdict": row.verdict,
            "problem": row.problem,
            "matches": [_match(one) for one in row.matches],
        }
        for row in rows
    ]
