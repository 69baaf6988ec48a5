"""Registers: the catalogue, one register with its schema, its definition, its counters and cadence, and what may be named in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext
from ninja import Query, Schema
from pydantic import Field

from wulian.engines.registers import DefinitionRefused, FieldDefinition, FieldType
from wulian.engines.registers.json_schema import values_schema
from wulian.registers.access import may_create
from wulian.registers.catalogue import Adopted, get_adopted
from wulian.registers.errors import DefinitionsClash
from wulian.registers.metrics import metric_code
from wulian.registers.selectors.definitions import definition_text
from wulian.registers.selectors.entries import overview_of, register_overview
from wulian.registers.services.definitions import adopt_definition, plan_adoption
from wulian.registers.wording import CHAINS, said, who_word

from .operations import Subject
from .shapes import PRINTABLE, Choice, In, Number, On, Page, Paging, Word, actor, page

subject = Subject("registers")
RegisterCode = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_]{0,39}$", description="A register's id, as `envoys`.")]
DefinitionText = Annotated[str, Field(min_length=1, max_length=200_000, pattern=PRINTABLE, description="A definition file (YAML).")]
ChainCode = Literal["", "governance", "innovation", "industry", "capital", "talent", "policy", "carriers", "fusion"]


class RegisterLine(Schema):
    """`count`: entries that the caller may see; `late`: of them past their time limit."""

    code: str
    name: str
    purpose: str
    chain: str
    chain_label: str
    serves: list[str]
    count: int
    late: int
    changed_at: datetime | None


class RegisterOut(RegisterLine):
    """`subject`: whose things the entries are. `level`: at which levels the register is kept."""

    version: int
    is_shipped: bool
    subject: Literal["organisation", "person", "none"]
    subject_label: str
    level: list[str]
    audience: Literal["public", "signed_in", "parties", "officer"]
    may_create: bool
    counters: list[str]
    has_cadence: bool
    has_editions: bool


class RegisterChoice(Choice):
    """`retired`: still read, no longer offered."""

    retired: bool


class RegisterField(Schema):
    """One field. `required_in`: states in which it must have a value. Who sees it: `visible` and besides the `roles`; who fills
    it: `filled_by`, or whoever may change the entry when that is empty.

    `minimum` and `maximum` in the stored unit (fen for money). `computed`: filled by the system from other fields.
    `can_filter`: lists can be filtered by it; `can_sort`: sorted, and asked for from and to. `columns`: of a rows field.
    """

    code: str
    type: str
    label: str
    help: str
    unit: str
    choices: list[RegisterChoice]
    to: str
    multiple: bool
    unique: bool
    required_from: str
    required_in: list[str]
    visible: Literal["public", "signed_in", "parties", "officer"]
    roles: list[Choice]
    filled_by: list[Choice]
    minimum: Number | None
    maximum: Number | None
    computed: bool
    can_filter: bool
    can_sort: bool
    columns: list[RegisterField]


class RegisterState(Schema):
    """`days`: the time limit, in working days unless `working` is false. `edit`: who may change values here."""

    code: str
    label: str
    meaning: str
    initial: bool
    ended: bool
    days: int | None
    working: bool
    edit: list[Choice]


class RegisterStep(Schema):
    """`needs`: fields with a value; `evidence`: fields with a file. `back`: a way back, which needs a reason. `after`: a date
    field; the system takes the step on the day after it."""

    code: str
    label: str
    from_states: list[str]
    to_state: str
    who: list[Choice]
    needs: list[str]
    evidence: list[str]
    back: bool
    reason: bool
    after: str


class RegisterRule(Schema):
    """`at`: steps at which it is judged; every save when empty. severity except: may be passed with a reason that is kept."""

    code: str
    say: str
    at: list[str]
    severity: Literal["refuse", "except"]


class RegisterUnique(Schema):
    fields: list[str]
    states: list[str]
    year_of: str
    say: str


class RegisterTarget(Schema):
    """From `at_least` to `at_most`; `source` is the system that asks for it."""

    at_least: Number | None
    at_most: Number | None
    due: date | None
    source: str


class RegisterCounter(Schema):
    """A counter is also the metric `metric` of the figures, where it opens to its entries."""

    code: str
    metric: str
    label: str
    definition: str
    how: Literal["count", "distinct", "sum", "average", "latest", "share"]
    per: Literal["year", "since", "at"]
    unit: str
    version: int
    by: list[str]
    target: RegisterTarget | None


class RegisterCadence(Schema):
    code: str
    label: str
    every: Literal["week", "month", "quarter", "year"]
    times: int


class RegisterViews(Schema):
    """`title`: the field that names an entry, or `subject`."""

    title: str
    columns: list[str]
    filters: list[str]
    calendar: str
    map: str


class RegisterSchema(Schema):
    """What an entry holds and what may be done with it. `values`: a JSON Schema of the values of a new entry."""

    code: str
    version: int
    create: list[Choice]
    audience: Literal["public", "signed_in", "parties", "officer"]
    public_in: list[str]
    fields: list[RegisterField]
    states: list[RegisterState]
    steps: list[RegisterStep]
    rules: list[RegisterRule]
    unique: list[RegisterUnique]
    counters: list[RegisterCounter]
    cadence: list[RegisterCadence]
    views: RegisterViews
    values: dict[str, Any]


class DefinitionOut(Schema):
    code: str
    version: int
    text: str


class DefinitionIn(In):
    text: DefinitionText


class DefinitionFlaw(Schema):
    """`line` counts from 1; null for a clash with another register."""

    line: int | None
    message: str


class ConsequenceOut(Schema):
    """A change and the number of entries that it concerns; with `refuses` the definition is not adopted."""

    text: str
    entries: int
    refuses: bool


class DefinitionPlan(Schema):
    """What adopting the text would do. `flaws` not empty: it is no sound definition. `same`: it is in force already."""

    code: str | None
    is_new: bool
    same: bool
    can_adopt: bool
    flaws: list[DefinitionFlaw]
    consequences: list[ConsequenceOut]


class RegistersQuery(On):
    search: Word = Field("", description="In the name, the purpose or the systems served.")
    chain: ChainCode = ""


def choices(words: Any) -> list[dict[str, str]]:
    return [{"code": word, "label": str(who_word(word))} for word in words]


def register_line(item: dict[str, Any]) -> dict[str, Any]:
    adopted: Adopted = item["adopted"]
    definition = adopted.definition
    return {
        "code": adopted.code, "name": said(definition.name), "purpose": said(definition.purpose), "chain": definition.chain,
        "chain_label": str(CHAINS[definition.chain]), "serves": list(definition.serves), "count": item["count"], "late": item["late"],
        "changed_at": item["changed"],
    }  # fmt: skip


def field_row(adopted: Adopted, field: FieldDefinition) -> dict[str, Any]:
    factor = 100 if field.type is FieldType.MONEY else 1
    column = adopted.columns.get(field.code, "")
    references = field.type in {FieldType.ORGANISATION, FieldType.PERSON, FieldType.LINK}
    return {
        "code": field.code, "type": field.type.value, "label": said(field.label), "help": said(field.help), "unit": field.unit,
        "choices": [{"code": one.code, "label": said(one.label), "retired": one.retired} for one in field.choices],
        "to": field.to, "multiple": field.multiple, "unique": field.unique, "required_from": field.required_from,
        "required_in": [state.code for state in adopted.definition.lifecycle.states if state.code in adopted.required.get(field.code, ())],
        "visible": field.visible.value, "roles": choices(field.roles), "filled_by": choices(field.filled_by), "computed": field.compute is not None,
        "minimum": None if field.minimum is None else field.minimum * factor, "maximum": None if field.maximum is None else field.maximum * factor,
        "can_filter": column.startswith("text_") or references, "can_sort": bool(column),
        "columns": [field_row(adopted, one) for one in field.fields],
    }  # fmt: skip


def counter_row(adopted: Adopted, counter: Any) -> dict[str, Any]:
    band = counter.target
    target = {"at_least": band.from_, "at_most": band.to, "due": band.due, "source": band.source} if band else None
    return {
        "code": counter.code, "metric": metric_code(adopted.code, counter.code), "label": said(counter.label), "definition": said(counter.definition),
        "how": counter.how, "per": counter.per, "unit": counter.unit, "version": counter.version, "by": list(counter.by), "target": target,
    }  # fmt: skip


def schema_row(adopted: Adopted) -> dict[str, Any]:
    definition = adopted.definition
    lifecycle = definition.lifecycle
    return {
        "code": adopted.code,
        "version": adopted.version,
        "create": choices(definition.create),
        "audience": definition.audience.value,
        "public_in": list(definition.public_in),
        "fields": [field_row(adopted, field) for field in definition.fields],
        "states": [
            {
                "code": one.code, "label": said(one.label), "meaning": said(one.meaning), "initial": one.code == lifecycle.initial, "ended": one.ended,
                "days": one.days, "working": one.working, "edit": choices(one.edit),
            }
            for one in lifecycle.states
        ],
        "steps": [
            {
                "code": one.code, "label": said(one.label), "from_states": list(one.from_), "to_state": one.to, "who": choices(one.who),
                "needs": list(one.needs), "evidence": list(one.evidence), "back": one.back, "reason": one.reason or one.back, "after": one.after,
            }
            for one in lifecycle.transitions
        ],
        "rules": [{"code": one.code, "say": said(one.say), "at": list(one.at), "severity": one.severity} for one in definition.rules],
        "unique": [
            {"fields": list(one.fields), "states": list(one.states), "year_of": one.year_of, "say": said(one.say)} for one in definition.unique
        ],
        "counters": [counter_row(adopted, counter) for counter in definition.counters],
        "cadence": [cadence_row(rule) for rule in definition.cadence],
        "views": {name: getattr(definition.views, name) for name in ("title", "columns", "filters", "calendar", "map")},
        "values": values_schema(definition, english=get_language() == "en"),
    }  # fmt: skip


def cadence_row(rule: Any) -> dict[str, Any]:
    return {"code": rule.code, "label": said(rule.label), "every": rule.every, "times": rule.times}


@subject.get("/registers", "list_registers", Page[RegisterLine])
def registers(request: HttpRequest, query: Query[RegistersQuery], paging: Query[Paging]) -> Any:
    """Registers by chain, each with its entries that the caller may see."""
    found = register_overview(viewer=actor(request), on=query.day, words=query.search.strip(), chain=query.chain)
    rows = page(found, paging)
    return {**rows, "items": [register_line(item) for item in rows["items"]]}


@subject.get("/registers/{register_code}", "get_register", RegisterOut)
def one_register(request: HttpRequest, register_code: RegisterCode, query: Query[On]) -> Any:
    """One register with its counts and what it offers."""
    adopted = get_adopted(register_code)
    definition = adopted.definition
    return {
        **register_line(overview_of(viewer=actor(request), adopted=adopted, on=query.day)),
        "version": adopted.version, "is_shipped": adopted.is_shipped, "subject": definition.subject, "subject_label": said(definition.subject_label),
        "level": list(definition.level), "audience": definition.audience.value, "may_create": may_create(actor(request), adopted),
        "counters": [counter.code for counter in definition.counters], "has_cadence": bool(definition.cadence),
        "has_editions": definition.editions is not None,
    }  # fmt: skip


@subject.get("/registers/{register_code}/schema", "get_register_schema", RegisterSchema)
def register_schema(request: HttpRequest, register_code: RegisterCode) -> Any:
    """Fields, permissions, states, steps, rules and counters of a register, and a JSON Schema of the values of an entry."""
    return schema_row(get_adopted(register_code))


@subject.get("/registers/{register_code}/definition", "get_register_definition", DefinitionOut)
def register_definition(request: HttpRequest, register_code: RegisterCode) -> Any:
    """The text of the definition in force."""
    adopted = get_adopted(register_code)
    return {"code": adopted.code, "version": adopted.version, "text": definition_text(adopted)}


@subject.post("/register-definitions/check", "check_register_definition", DefinitionPlan)
def check_definition(request: HttpRequest, body: DefinitionIn) -> Any:
    """What is wrong with a definition, line by line, and what adopting it would do to the entries that exist."""
    nothing: dict[str, Any] = {"code": None, "is_new": False, "same": False, "can_adopt": False, "flaws": [], "consequences": []}
    try:
        plan = plan_adoption(text=body.text, file=gettext("定义"))
    except DefinitionRefused as refused:
        return {**nothing, "flaws": [{"line": flaw.line, "message": flaw.message.text(gettext)} for flaw in refused.flaws]}
    except DefinitionsClash as clash:
        return {**nothing, "flaws": [{"line": None, "message": clash.text(gettext)}]}
    return {
        "code": plan.definition.id, "is_new": plan.current is None, "same": plan.same, "can_adopt": not plan.blocking, "flaws": [],
        "consequences": [{"text": one.text(), "entries": one.entries, "refuses": one.refuses} for one in plan.consequences],
    }  # fmt: skip


@subject.post("/register-definitions", "adopt_register_definition", DefinitionOut)
def adopt(request: HttpRequest, body: DefinitionIn) -> Any:
    """Take a definition into force as the next version of its register, or as a new register."""
    adopted = adopt_definition(by=actor(request), at=timezone.now(), text=body.text, file=gettext("定义"))
    return {"code": adopted.code, "version": adopted.version, "text": body.text}
