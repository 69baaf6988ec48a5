"""Publishing editions: a list of entries frozen under a number. Old editions never change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from wulian.directory.access import region_closure
from wulian.engines.registers import Audience
from wulian.foundation import audit
from wulian.foundation.access import Actor, require_officer
from wulian.kernel.errors import N_, Invalid, WulianError

from ..catalogue import Adopted, get_adopted
from ..models import Edition, Entry, Register
from ..selectors.counting import field_condition
from ..selectors.showing import Reader, read_values, state_label
from ..wording import said

BUILT_IN = {"subject": N_("主体"), "state": N_("状态"), "region": N_("区域"), "updated": N_("更新时间")}


class NoEditions(WulianError):
    code = "no_editions"
    message = N_("“%(register)s”没有定期发布的名单：需要时请在定义里加上 editions。")
    status = 422


class EmptyEdition(WulianError):
    code = "empty_edition"
    message = N_("没有符合条件的条目，没有发布：请先核对条目的状态。")
    status = 422


def edition_entries(adopted: Adopted, region: str) -> QuerySet[Entry]:
    """The entries that an edition of `region` (and all below it) would hold now, in its order."""
    editions = adopted.definition.editions
    if editions is None:
        raise NoEditions(register=said(adopted.definition.name))
    entries = Entry.objects.filter(register=adopted.id, voided_at__isnull=True, region__in=region_closure(region))
    for condition in editions.where:
        entries = entries.filter(state__in=condition.state) if condition.state else entries.filter(field_condition(adopted, condition))
    order = []
    for name in editions.order:
        column = F(adopted.columns[name.removeprefix("-")])
        order.append(column.desc(nulls_last=True) if name.startswith("-") else column.asc(nulls_last=True))
    return entries.order_by(*order, "pk")


@transaction.atomic
def publish_edition(
    *, by: Actor, at: datetime, on: date, register: str, region: str, name: str = "", note: str = "", public: bool = False
) -> Edition:
    """Freeze the entries of a region as the next edition. `public`: only public columns go in, and everybody may open it.

    Raises: Denied, NoEditions, EmptyEdition, Invalid.
    """
    adopted = get_adopted(register)
    definition = adopted.definition
    require_officer(by, region=region, act=_("发布名单"))
    entries = edition_entries(adopted, region)
    assert definition.editions is not None
    locked = Register.objects.select_for_update().get(pk=adopted.id)
    number = (Edition.objects.filter(register=locked).aggregate(last=Max("number"))["last"] or 0) + 1
    if len(name) > 200:
        raise Invalid(field=_("名称"), why=_("最多 200 个字"))
    codes = [
        code for code in definition.editions.columns if code in BUILT_IN or not public or adopted.field(code).visible is Audience.PUBLIC
    ]
    rows = _frozen_rows(by, adopted, entries, codes)
    if not rows:
        raise EmptyEdition()
    columns = [_heading(adopted, code) for code in codes]
    edition = Edition.objects.create(
        register=locked, number=number, name=name.strip() or f"{definition.editions.label.zh}（{on.year} 年第 {number} 期）", as_of=on,
        region_id=region, version=adopted.version, columns=columns, rows=rows, note=note.strip(), is_public=public, published_at=at,
        published_by=by.name,
    )  # fmt: skip
    audit.record(
        by=by, action="edition.published", obj=edition, after={"number": number, "rows": len(rows), "public": public}, region=region, at=at
    )
    return edition


def _heading(adopted: Adopted, code: str) -> dict[str, str]:
    if code in BUILT_IN:
        with override("en"):
            english = _(BUILT_IN[code])
        return {"code": code, "zh": BUILT_IN[code], "en": english}
    label = adopted.field(code).label
    return {"code": code, "zh": label.zh, "en": label.en}


def _frozen_rows(by: Actor, adopted: Adopted, entries: QuerySet[Entry], codes: list[str]) -> list[dict[str, Any]]:
    page = list(entries.select_related("body", "subject", "subject_person", "region"))
    read = [read_values(adopted, entry.body.values) for entry in page]
    reader = Reader(by, adopted, read)
    rows = []
    with override("zh-hans"):  # a published list reads the same for everybody
        for entry, values in zip(page, read, strict=True):
            built = {
                "subject": entry.subject.name if entry.subject else entry.subject_person.name if entry.subject_person else "",
                "state": state_label(adopted, entry.state),
                "region": entry.region.name,
                "updated": entry.updated_at.date().isoformat(),
            }
            cells = [built[code] if code in built else reader.cell(adopted.field(code), values.get(code)).text for code in codes]
            rows.append({"entry": entry.pk, "number": entry.number, "cells": cells})
    return rows
