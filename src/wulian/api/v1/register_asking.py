"""What programs send to a register: the question of a list in its address, and values of an entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from wulian.registers.catalogue import Adopted
from wulian.registers.selectors.questions import Question, doubts_of

from .errors import InvalidInput
from .shapes import PRINTABLE, Id, On, RegionCode, Word

AddressQuery = Annotated[
    str, Field(max_length=2_000, pattern=PRINTABLE, description="The question of a list as in its address: `state=serving&f.field=it`.")
]
LONGEST_TEXT, DEEPEST, MOST_PARTS = 20_000, 4, 500


def sendable(value: Any, depth: int = 0) -> Any:
    """A value as JSON may give it: no text that the database cannot keep, no float, nothing endless."""
    if isinstance(value, float):
        raise PydanticCustomError("json_float", "a float loses figures; write it as a string")
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise PydanticCustomError("string_too_long", "too long", {"max_length": LONGEST_TEXT})
        if any((ord(one) < 32 and one not in "\t\n\r") or ord(one) == 127 or 0xD800 <= ord(one) <= 0xDFFF for one in value):
            raise PydanticCustomError("string_pattern_mismatch", "characters that cannot be kept")
    elif isinstance(value, list | dict):
        if depth >= DEEPEST or len(value) > MOST_PARTS:
            raise PydanticCustomError("too_long", "too much", {"max_length": MOST_PARTS})
        for part in [*value, *value.values()] if isinstance(value, dict) else value:
            sendable(part, depth + 1)
    elif isinstance(value, int) and abs(value) >= 2**63:
        raise PydanticCustomError("less_than", "too large", {"lt": 2**63})
    return value


Values = Annotated[
    dict[str, Any],
    AfterValidator(sendable),
    Field(
        max_length=200,
        description="Field code -> value in stored form: money as integer fen, decimals and percents as strings, dates as ISO dates, "
        "references and files as ids; the register's schema says which. Null clears.",
    ),
]


class EntriesQuery(On):
    """Besides: `f.<field>=value` (several: any of them), `from.<field>=` and `to.<field>=` (both included)."""

    q: Word = Field("", description="Words that must all occur, among what the caller may read.")
    state: list[Word] = Field(default_factory=list, max_length=50)
    region: list[RegionCode] = Field(default_factory=list, max_length=50, description="With all regions below.")
    subject: Id | None = Field(None, description="Organisation or person that the entries are of.")
    late: bool = Field(False, description="Past their time limit.")
    mine: bool = Field(False, description="To which the caller is subject, creator or party.")
    idle: int | None = Field(None, ge=0, le=36_500, description="So many days in their state, or more.")
    voided: bool = Field(False, description="The voided ones instead of the others.")
    sort: Word = Field("", description="number, state, since, due, updated, title or a field; with a leading minus for descending.")


FREE = {
    "parameters": [
        {
            "in": "query", "name": "fields", "required": False, "style": "form", "explode": True,
            "description": "Conditions on fields: f.<field>, from.<field>, to.<field>. Numbers in the reading unit (money in yuan).",
            "schema": {
                "type": "object", "additionalProperties": False,
                "patternProperties": {r"^(f|from|to)\.[a-z][a-z0-9_]{0,39}$": {"type": "string", "maxLength": 200}},
            },
        }
    ]
}  # fmt: skip
KNOWN = frozenset({"on", "limit", "offset"})


def asked(request: HttpRequest, adopted: Adopted, query: EntriesQuery) -> Question:
    """The question in the address. Raises InvalidInput for a condition that this register does not know."""
    plain: dict[str, list[str]] = {
        "q": [query.q], "state": query.state, "region": query.region, "subject": [str(query.subject or "")], "sort": [query.sort],
        "idle": ["" if query.idle is None else str(query.idle)],
        **{name: ["1"] for name in ("late", "mine", "voided") if getattr(query, name)},
    }  # fmt: skip
    free = {name: request.GET.getlist(name) for name in request.GET if name not in KNOWN and name not in EntriesQuery.model_fields}
    return question_from({**{name: values for name, values in plain.items() if any(values)}, **free}, adopted, "query")


def question_from(given: Mapping[str, list[str]], adopted: Adopted, place: str) -> Question:
    """Raises InvalidInput, every doubt with its place."""
    doubts = doubts_of(adopted, given)
    if doubts:
        fields = [{"at": f"{place}.{one.field}", "code": one.code, "message": one.text(gettext)} for one in doubts]
        error = InvalidInput(count=len(fields))
        error.fields = fields  # type: ignore[attr-defined]  # told by the handler
        raise error
    return Question.read(given)
