"""The grammar of a register definition: what a YAML file may say. Unknown keys and wrong types are refused.

Reading the file, with line numbers and the checks across its parts, is in `loading.py`.
"""

from __future__ import annotations

import datetime
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
    ROWS = "rows"  # a small table inside the entry: visits, members, milestones


NUMERIC = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY, FieldType.PERCENT})
LINKABLE = frozenset({"achievement", "demand", "contract", "plan_task"})  # besides the id of another register
CHAINS = ("governance", "innovation", "industry", "capital", "talent", "policy", "carriers", "fusion")


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


class Condition(Part):
    """One condition: `state` in a list, or a field compared with a value or with another field.

    A field without a value fulfils nothing but `filled: false`. Bounds hold for numbers; `…_field` for numbers and dates.
    """

    state: tuple[Code, ...] = Field(default=(), strict=False)
    field: str = ""
    is_: Any = Field(default=None, alias="is")
    in_: tuple[Any, ...] = Field(default=(), alias="in", strict=False)
    at_least: Decimal | None = Field(default=None, strict=False)
    at_most: Decimal | None = Field(default=None, strict=False)
    above: Decimal | None = Field(default=None, strict=False)
    below: Decimal | None = Field(default=None, strict=False)
    filled: bool | None = None
    at_least_field: str = ""
    at_most_field: str = ""
    above_field: str = ""
    below_field: str = ""
    differs_from: str = ""


class Compute(Part):
    """How a field gets its value from the others; exactly one way. Rows are named `field` or `field.column`.

    sum: of a column; count: of rows; share: rows that fulfil `where` among all rows, in percent; total: of fields;
    difference: first minus second; ratio: first / second (in percent for a percent field); days: from the first date to the
    second; earliest, latest: of a date column. A part that is missing makes the result unknown, never zero.
    """

    sum: str = ""
    count: str = ""
    share: str = ""
    total: tuple[Code, ...] = Field(default=(), strict=False)
    difference: tuple[Code, ...] = Field(default=(), strict=False)
    ratio: tuple[Code, ...] = Field(default=(), strict=False)
    days: tuple[Code, ...] = Field(default=(), strict=False)
    earliest: str = ""
    latest: str = ""
    where: tuple[Condition, ...] = Field(default=(), strict=False)


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
    filled_by: tuple[str, ...] = Field(default=(), strict=False)  # only these fill it; empty: whoever may fill the entry
    minimum: Decimal | None = Field(default=None, strict=False)
    maximum: Decimal | None = Field(default=None, strict=False)
    was: tuple[Code, ...] = Field(default=(), strict=False)  # earlier codes of this field
    fields: tuple[FieldDefinition, ...] = Field(default=(), strict=False)  # the columns of a rows field
    compute: Compute | None = None  # filled by the system, never by hand


class NoticeDefinition(Part):
    to: tuple[str, ...] = Field(strict=False, min_length=1)
    text: Label


class StateDefinition(Part):
    """`edit`: who may change the values while an entry stands here."""

    code: Code
    label: Label
    meaning: Label
    ended: bool = False
    days: int | None = None
    working: bool = True
    edit: tuple[str, ...] = Field(default=("officer",), strict=False)


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
    after: str = ""  # a date field: the system takes this step by itself on the day after that date
    notify: tuple[NoticeDefinition, ...] = Field(default=(), strict=False)


class LifecycleDefinition(Part):
    initial: Code
    states: tuple[StateDefinition, ...] = Field(strict=False, min_length=1)
    transitions: tuple[TransitionDefinition, ...] = Field(default=(), strict=False)


class RuleDefinition(Part):
    """What must hold. Applies where all of `when` hold: at the transitions `at`, or at every save without `at`.

    severity refuse: the act is refused with `say`. severity except: it may go on as an exception, with a reason that is kept.
    A condition of `must` over a missing value is not judged here; ask for the value with required_from or needs.
    """

    code: Code
    say: Label  # what is wrong and what to do; {field} places show the entry's values
    at: tuple[Code, ...] = Field(default=(), strict=False)
    when: tuple[Condition, ...] = Field(default=(), strict=False)
    must: tuple[Condition, ...] = Field(strict=False, min_length=1)
    severity: Literal["refuse", "except"] = "refuse"


class UniqueDefinition(Part):
    """No two entries with the same values of `fields` (`subject` is one of them) while both stand in `states` (default: any
    state); with `year_of`, only within one calendar year of that date. `say` is shown with the number of the other entry."""

    fields: tuple[Code, ...] = Field(strict=False, min_length=1)
    states: tuple[Code, ...] = Field(default=(), strict=False)
    year_of: str = ""
    say: Label


class ReminderDefinition(Part):
    """Tells `to`, `days_before` days before the date in field `date`, while the entry stands in `states`."""

    date: Code
    days_before: int = Field(ge=0, le=730)
    states: tuple[Code, ...] = Field(strict=False, min_length=1)
    to: tuple[str, ...] = Field(strict=False, min_length=1)
    text: Label


class Band(Part):
    """What a counter answers to: at least `from`, at most `to`. A counter is below, within or above it. `due`: by when."""

    from_: Decimal | None = Field(default=None, alias="from", strict=False)
    to: Decimal | None = Field(default=None, strict=False)
    due: datetime.date | None = Field(default=None, strict=False)
    source: Words  # where the figure comes from: the systems id


class CounterDefinition(Part):
    """A number over the entries, which is a metric of the catalogue.

    how: count entries; distinct values of `of` (`subject` or an organisation, person, link, choice or text field); sum or
    average of `of`; latest `of` of each subject, summed; share of the entries in `where` among those in `base`, in percent.

    per year: entries whose `date` lies in the calendar year up to the day asked for; per since: from `since` up to that day;
    per at: entries that stand on that day, `date` <= day < `until` where these are given. Without `date` it is the day on
    which the entry came into its present one of the states that `where` names. States are those of the day asked for.
    `once`: fields whose combination counts once in the period. `by`: choice or region fields to break it down by.
    """

    code: Code
    label: Label
    how: Literal["count", "distinct", "sum", "average", "latest", "share"]
    of: str = ""
    per: Literal["year", "since", "at"] = "at"
    date: str = ""
    until: str = ""
    since: datetime.date | None = Field(default=None, strict=False)
    where: tuple[Condition, ...] = Field(default=(), strict=False)
    base: tuple[Condition, ...] = Field(default=(), strict=False)
    once: tuple[Code, ...] = Field(default=(), strict=False)
    by: tuple[Code, ...] = Field(default=(), strict=False)
    unit: Words
    definition: Label
    aliases: tuple[Words, ...] = Field(default=(), strict=False)  # names under which plans print it
    version: int = Field(default=1, ge=1)  # rises when the meaning changes
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
    """One register. `prefix` begins the numbers of its entries (TKT-2026-0001). `create`: who may add an entry."""

    id: Code
    chain: Literal["governance", "innovation", "industry", "capital", "talent", "policy", "carriers", "fusion"]
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}$")]
    name: Label
    serves: tuple[Annotated[str, StringConstraints(pattern=r"^[GIEFTPKJU][0-9]{1,2}$")], ...] = Field(strict=False, min_length=1)
    purpose: Label
    note: str = ""
    subject: Literal["organisation", "person", "none"]
    level: tuple[Literal["nation", "city", "district"], ...] = Field(strict=False, min_length=1)
    subject_label: Label | None = None  # what the subject is called here: 出榜企业, 特派员
    create: tuple[str, ...] = Field(strict=False, min_length=1)
    audience: Audience = Field(strict=False)
    public_in: tuple[Code, ...] = Field(default=(), strict=False)  # states in which an entry is public
    fields: tuple[FieldDefinition, ...] = Field(strict=False, min_length=1)
    rules: tuple[RuleDefinition, ...] = Field(default=(), strict=False)
    unique: tuple[UniqueDefinition, ...] = Field(default=(), strict=False)
    lifecycle: LifecycleDefinition
    reminders: tuple[ReminderDefinition, ...] = Field(default=(), strict=False)
    counters: tuple[CounterDefinition, ...] = Field(default=(), strict=False)
    cadence: tuple[CadenceDefinition, ...] = Field(default=(), strict=False)
    editions: EditionDefinition | None = None
    views: ViewsDefinition

    def field(self, code: str) -> FieldDefinition | None:
        return next((field for field in self.fields if field.code == code), None)

    def state(self, code: str) -> StateDefinition | None:
        return next((state for state in self.lifecycle.states if state.code == code), None)

    def transition(self, code: str) -> TransitionDefinition | None:
        return next((step for step in self.lifecycle.transitions if step.code == code), None)
