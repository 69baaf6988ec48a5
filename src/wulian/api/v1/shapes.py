"""Shapes that all subjects share: text without control characters, decimals as strings, bounded pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from wulian.directory.selectors.regions import get_region

T = TypeVar("T")
LARGEST_ID = 2**63 - 1
# PostgreSQL cannot keep NUL; the other control characters (tab and line ends aside) have no meaning in text.
PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Version = Annotated[int, Field(ge=0, le=2**31 - 1, description="Number of changes that you saw; a stale one is refused with 409.")]
Year = Annotated[int, Field(ge=1900, le=2200)]
Day = Annotated[date, Field(ge=date(1800, 1, 1), le=date(2200, 12, 31), description="A date from 1800-01-01 to 2200-12-31.")]
Word = Annotated[str, Field(max_length=80, pattern=PRINTABLE)]
Line = Annotated[str, Field(max_length=300, pattern=PRINTABLE)]
Text = Annotated[str, Field(max_length=20_000, pattern=PRINTABLE)]
RegionCode = Annotated[str, Field(max_length=20, pattern=r"^[0-9A-Za-z-]+$")]
Label = Annotated[str, BeforeValidator(str)]  # translated words are lazy until now


def plain_decimal(value: Decimal) -> str:
    """Without exponent and trailing zeros, so that equal numbers are equal strings."""
    return format(value.normalize(), "f") if value else "0"


# Numbers travel as strings: a JSON number is a float to most readers, and a float loses figures.
Number = Annotated[
    Decimal,
    PlainSerializer(plain_decimal, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}, mode="serialization"),
]
NumberIn = Annotated[
    Decimal,
    Field(max_digits=24, decimal_places=6, allow_inf_nan=False),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,18}(\.\d{1,6})?$"}),
]


class In(Schema):
    """Base of request bodies: a misspelt name is refused instead of ignored."""

    model_config = ConfigDict(extra="forbid")


class Paging(Schema):
    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    offset: int = Field(0, ge=0, le=10_000_000, description="How many to skip.")


class Page(Schema, Generic[T]):
    """One page of a list. `count` is the number of all that match."""

    count: int
    limit: int
    offset: int
    items: list[T]


def page(rows: QuerySet[Any] | Sequence[Any], paging: Paging) -> dict[str, Any]:
    """The part of `rows` that was asked for, with the count of all."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    return {
        "count": count,
        "limit": paging.limit,
        "offset": paging.offset,
        "items": list(rows[paging.offset : paging.offset + paging.limit]),
    }


class Scope(Schema):
    """Where and when figures are wanted."""

    region: RegionCode | None = Field(None, description="Region code; the installation's own region when left out.")
    on: Day | None = Field(None, description="The date that figures hold for; today in Asia/Shanghai when left out.")

    @property
    def code(self) -> str:
        """The region's code. Raises UnknownRegion."""
        return str(get_region(self.region or settings.HOME_REGION).pk)

    @property
    def day(self) -> date:
        return self.on or timezone.localdate()


class On(Schema):
    on: Day | None = Field(None, description="The date that figures hold for; today in Asia/Shanghai when left out.")

    @property
    def day(self) -> date:
        return self.on or timezone.localdate()


class Choice(Schema):
    """A stored value with the words for it in the language of the request."""

    code: str
    label: str


def actor(request: HttpRequest) -> Any:
    """Who calls: the gate has put it there."""
    return request.actor  # type: ignore[attr-defined]


def translate(message: str) -> str:
    """A message that Django-free code has marked, in the language of the request."""
    return gettext(message)
