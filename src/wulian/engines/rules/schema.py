"""What a file of the rulebook may say. Unknown keys and wrong types are refused."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .quantities import Kind

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Written = str | int  # "5000 万元", "30 %", 4


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Label(Part):
    zh: Words
    en: Words


class Document(Part):
    title: Words
    number: Words
    issuer: Words
    issued: datetime.date | None = None


class InForce(Part):
    """`from_` on, before `to`; for a review between `review_from` and `review_to`, where they differ. `confirmed_to`: from this day
    on nobody has confirmed that it still holds."""

    from_: datetime.date = Field(alias="from")
    to: datetime.date | None = None
    review_from: datetime.date | None = None
    review_to: datetime.date | None = None
    confirmed_to: datetime.date | None = None


class BandRow(Part):
    at_least: Written | None = None
    above: Written | None = None
    at_most: Written | None = None
    below: Written | None = None
    points: Written  # 20, or 9-10


class TierRow(Part):
    at_most: Written | None = None
    below: Written | None = None
    value: Written


class Dated(Part):
    from_: datetime.date = Field(alias="from")
    to: datetime.date | None = None
    value: Written
    article: str = ""
    number: str = ""


class ParameterPart(Part):
    """One figure of a document. Exactly one of value, values (by date), bands, tiers, points, unconfirmed."""

    article: Words
    label: Label | None = None
    value: Written | datetime.date | None = None
    values: tuple[Dated, ...] = Field(default=(), strict=False)
    bands: tuple[BandRow, ...] = Field(default=(), strict=False)
    tiers: tuple[TierRow, ...] = Field(default=(), strict=False)
    points: Written | None = None
    unconfirmed: str = ""  # why nobody knows it yet
    number: str = ""  # where it is from another document
    checked_on: datetime.date | None = None


class ConditionPart(Part):
    """`test`, or `points` of a node of the score compared with a parameter, or `unconfirmed`."""

    id: Code
    label: Label
    article: Words
    test: str = ""
    points: str = ""
    at_least: str = ""
    above: str = ""
    unconfirmed: str = ""


class ItemPart(Part):
    """A node of the score: `value` with `bands`; `given` points `when` a test holds; or `sum` / `best` of items."""

    id: Code
    label: Label
    article: str = ""
    most: int | None = None
    value: str = ""
    bands: str = ""
    doubtful: str = ""
    given: str = ""
    when: str = ""
    sum: tuple[ItemPart, ...] = Field(default=(), strict=False)
    best: tuple[ItemPart, ...] = Field(default=(), strict=False)


class LapsePart(Part):
    """On the date in `date`, the fact `fact` becomes `becomes`."""

    date: Code
    fact: Code
    becomes: bool = False


class CriterionPart(Part):
    id: Key
    version: Words
    name: Label
    document: Document
    in_force: InForce
    checked_on: datetime.date
    procedures: tuple[Literal["apply", "review"], ...] = Field(default=("apply", "review"), strict=False)
    note: Label | None = None
    facts: tuple[Code, ...] = Field(strict=False, min_length=1)
    optional_facts: tuple[Code, ...] = Field(default=(), strict=False)
    parameters: dict[Code, ParameterPart] = Field(default_factory=dict)
    conditions: tuple[ConditionPart, ...] = Field(strict=False, min_length=1)
    score: ItemPart | None = None
    requires: Words
    lapses: tuple[LapsePart, ...] = Field(default=(), strict=False)


class ChangePart(Part):
    """How a firm can change a fact, and what one more of it costs: our own weights, only to order the ways out.

    `up`: by raising it; `to`: by becoming true or false. `also`: facts that move along (a new hire counts as staff too)."""

    up: bool = False
    to: bool | None = None
    yuan: int = 1
    also: tuple[Code, ...] = Field(default=(), strict=False)
    whole: bool = True


class FactPart(Part):
    kind: Kind = Field(strict=False)
    unit: str = ""
    label: Label
    source: Label
    article: str = ""
    negative: bool = False
    above_one: bool = False
    whole: bool = False  # counted in whole things
    words: tuple[str, ...] = Field(default=(), strict=False)
    year: int | None = None  # 0: the latest accounting year before the day of assessment; -1: the one before
    series: str = ""  # figures of several years; one missing in the middle is named
    before_founding_zero: bool = False
    catalogue: str = ""
    change: ChangePart | None = None


class CheckPart(Part):
    """Where `when` holds, the facts in `doubts` are taken for unknown."""

    id: Code
    when: Words
    doubts: tuple[Code, ...] = Field(strict=False, min_length=1)
    say: Label


class FactsPart(Part):
    facts: dict[Code, FactPart]
    checks: tuple[CheckPart, ...] = Field(default=(), strict=False)
