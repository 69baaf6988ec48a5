"""The grammar of a register definition: what a YAML file may say. Unknown keys and wrong types are refused.

Reading the file, with line numbers and the checks across its parts, is in `loading.py`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Label(Part):
    """A text in both languages."""

    zh: Words
    en: Words


class FieldType(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"  # integer fen
    PERCENT = "percent"
    DATE = "date"
    PERIOD = "period"  # a year, quarter or month: 2026, 2026-Q1, 2026-03
    REGION = "region"
    ORGANISATION = "organisation"
    PERSON = "person"
    FILE = "file"
    LINK = "link"
    YES_NO = "yes_no"


NUMERIC = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY, FieldType.PERCENT})
LINKABLE = frozenset({"achievement", "demand", "contract", "plan_task"})  # besides the id of another register


class Audience(StrEnum):
    """Who may see a field or an entry; each includes those after it."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    PARTIES = "parties"  # the organisations and persons that the entry names, and officers
    OFFICER = "officer"


class Choice(Part):
    """`was`: codes that this choice had before; entries written with them read as this one. `retired`: no longer offered."""

    code: Code
    label: Label
    was: tuple[Code, ...] = Field(default=(), strict=False)
    retired: bool = False


class FieldDefinition(Part):
    code: Code
    type: FieldType = Field(strict=False)
    label: Label
    help: Label | None = None
    unit: str = ""
    choices: tuple[Choice, ...] = Field(default=(), strict=False)
    to: str = ""  # for a link: another register's id, or one of LINKABLE
    multiple: bool = False  # several files, links, organisations or persons
    unique: bool = False
    required_from: str = ""  # a state; "always" from the first save
    visible: Audience = Field(default=Audience.SIGNED_IN, strict=False)
    roles: tuple[str, ...] = Field(default=(), strict=False)  # besides the audience, these roles see it
    minimum: Decimal | None = Field(default=None, strict=False)
    maximum: Decimal | None = Field(default=None, strict=False)
    was: tuple[Code, ...] = Field(default=(), strict=False)  # earlier codes of this field


class NoticeDefinition(Part):
    to: tuple[str, ...] = Field(strict=False, min_length=1)
    text: Label


class StateDefinition(Part):
    code: Code
    label: Label
    meaning: Label
    ended: bool = False
    days: int | None = None
    working: bool = True


class TransitionDefinition(Part):
    code: Code
    label: Label
    from_: tuple[Code, ...] = Field(alias="from", strict=False)
    to: Code
    who: tuple[str, ...] = Field(default=(), strict=False)
    needs: tuple[Code, ...] = Field(default=(), strict=False)
    evidence: tuple[Code, ...] = Field(default=(), strict=False)
    back: bool = False
    reason: bool = False
    notify: tuple[NoticeDefinition, ...] = Field(default=(), strict=False)


class LifecycleDefinition(Part):
    initial: Code
    states: tuple[StateDefinition, ...] = Field(strict=False, min_length=1)
    transitions: tuple[TransitionDefinition, ...] = Field(default=(), strict=False)


class Condition(Part):
    """One condition of a counter or a view: `state` in a list, or a field compared with a value."""

    state: tuple[Code, ...] = Field(default=(), strict=False)
    field: str = ""
    is_: Any = Field(default=None, alias="is")
    in_: tuple[Any, ...] = Field(default=(), alias="in", strict=False)
    at_least: Decimal | None = Field(default=None, strict=False)
    at_most: Decimal | None = Field(default=None, strict=False)
    filled: bool | None = None


class Band(Part):
    """What a counter answers to: at least `from`, at most `to`. A counter is below, within or above it."""

    from_: Decimal | None = Field(default=None, alias="from", strict=False)
    to: Decimal | None = Field(default=None, strict=False)
    source: Words  # where the figure comes from, e.g. the systems id


class CounterDefinition(Part):
    """A number over the entries. how: count entries, distinct values of `of`, sum of `of`, or the latest `of`.

    per `year`: entries whose `date` falls in the year; `at`: entries that stand at the date. `once`: fields whose
    combination counts once in the period.
    """

    code: Code
    label: Label
    how: Literal["count", "distinct", "sum", "latest"]
    of: str = ""
    per: Literal["year", "at"] = "at"
    date: str = ""  # the date field that places an entry in time; empty: the day it entered its state
    where: tuple[Condition, ...] = Field(default=(), strict=False)
    once: tuple[Code, ...] = Field(default=(), strict=False)
    unit: Words
    definition: Label
    target: Band | None = None


class CadenceDefinition(Part):
    """At least `times` entries in every `every`; the missing periods are listed. `by`: each value of this field by itself."""

    code: Code
    label: Label
    every: Literal["week", "month", "quarter", "year"]
    times: int = Field(default=1, ge=1)
    date: Code
    by: str = ""
    where: tuple[Condition, ...] = Field(default=(), strict=False)


class EditionDefinition(Part):
    """Frozen, numbered lists: the entries that `where` picks, with `columns`, sorted by `order`."""

    label: Label
    columns: tuple[Code, ...] = Field(strict=False, min_length=1)
    order: tuple[str, ...] = Field(default=(), strict=False)
    where: tuple[Condition, ...] = Field(default=(), strict=False)


class ViewsDefinition(Part):
    title: Code  # the field that names an entry
    columns: tuple[Code, ...] = Field(strict=False, min_length=1)
    filters: tuple[Code, ...] = Field(default=(), strict=False)
    calendar: str = ""
    map: str = ""
    print: tuple[Code, ...] = Field(default=(), strict=False)


class Definition(Part):
    """One register."""

    id: Code
    name: Label
    serves: tuple[Annotated[str, StringConstraints(pattern=r"^[GIEFTPKJU][0-9]{1,2}$")], ...] = Field(strict=False, min_length=1)
    purpose: Label
    note: str = ""
    subject: Literal["organisation", "person", "none"]
    level: tuple[Literal["nation", "city", "district"], ...] = Field(strict=False, min_length=1)
    audience: Audience = Field(strict=False)
    public_from: tuple[Code, ...] = Field(default=(), strict=False)  # states in which an entry is public
    fields: tuple[FieldDefinition, ...] = Field(strict=False, min_length=1)
    lifecycle: LifecycleDefinition
    counters: tuple[CounterDefinition, ...] = Field(default=(), strict=False)
    cadence: tuple[CadenceDefinition, ...] = Field(default=(), strict=False)
    editions: EditionDefinition | None = None
    views: ViewsDefinition
    since: date | None = Field(default=None, strict=False)

    def field(self, code: str) -> FieldDefinition | None:
        return next((field for field in self.fields if field.code == code), None)
