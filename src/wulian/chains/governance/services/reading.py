"""From an uploaded file to extractions waiting for the officer: upload, read, read again, confirm what the plan is."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.directory.models import Region
from wulian.directory.selectors.regions import get_region
from wulian.engines.planreader import read_document, read_plan
from wulian.engines.planreader.model import Plan as ReadPlan
from wulian.foundation import audit
from wulian.foundation.access import Actor, require_officer
from wulian.foundation.models import StoredFile
from wulian.kernel.errors import NotFound, WulianError

from .. import guessing, mentions
from ..access import visible_plans
from ..models import Extraction, Plan, PlanDocument
from ..units import UnitMatcher, ancestors
from ..work_errors import DecisionsWouldBeLost, PlanFileSeen, PlanNotDraft, StillReading
from .editing import locked, require_version
from .plans import create_plan, edit_plan

logger = logging.getLogger("wulian.governance")

# A reader that has shown no result for so long is taken for dead. OCR of a long scan takes a few minutes.
READER_PATIENCE = timedelta(minutes=10)


def upload_plan(*, by: Actor, region: str, file: StoredFile, at: datetime, on: date, again: bool = False) -> PlanDocument:
    """Make a draft plan from a stored file; it waits to be read (`read_plan_document`).

    `again`: make another plan although the same content has been uploaded before.
    Raises: Denied, PlanFileSeen.
    """
    require_officer(by, region=region, act=_("上传一份规划"))
    with transaction.atomic():
        # Only among plans that the officer may see: another region's draft is nobody's business here.
        seen = PlanDocument.objects.filter(file__sha256=file.sha256, plan__in=visible_plans(by))
        earlier = seen.select_related("plan", "file").order_by("-id").first()
        if earlier is not None and not again:
            raise PlanFileSeen(when=f"{earlier.file.uploaded_at:%Y-%m-%d}", plan=str(earlier.plan), plan_id=earlier.plan_id)
        title = Path(file.name).stem[:200] or _("未命名规划")
        plan = create_plan(by=by, at=at, title=title, region=region, first_year=on.year, last_year=on.year)
        document = PlanDocument.objects.create(plan=plan, file=file)
        audit.record(by=by, action="plan.uploaded", obj=plan, after={"file": file.name, "sha256": file.sha256}, region=region, at=at)
    return document


def start_reading(*, by: Actor, document_id: int, at: datetime) -> int:
    """Mark a document as being read and return the number of this attempt.

    Raises: Denied; PlanNotDraft; StillReading while another attempt is younger than `READER_PATIENCE`;
    DecisionsWouldBeLost when the officer has already decided on extractions.
    """
    document = get_document(document_id)
    plan = document.plan
    require_officer(by, region=str(plan.region_id), act=_("读取规划"))
    with transaction.atomic():
        document = PlanDocument.objects.select_for_update(of=("self",)).select_related("plan").get(pk=document_id)
        _require_draft(document.plan)
        running = document.state == PlanDocument.State.READING and document.started_at is not None
        if running and document.started_at is not None and at - document.started_at < READER_PATIENCE:
            minutes = int(READER_PATIENCE.total_seconds() // 60)
            raise StillReading(plan=str(plan), when=f"{document.started_at:%Y-%m-%d %H:%M}", minutes=minutes)
        decided = document.extractions.filter(version__gt=0).count()
        if decided:
            raise DecisionsWouldBeLost(plan=str(plan), count=decided)
        document.state = PlanDocument.State.READING
        document.attempt += 1
        document.started_at = at
        document.failure = ""
        document.save(update_fields=["state", "attempt", "started_at", "failure"])
        after = {"attempt": document.attempt}
        audit.record(by=by, action="plan.reading_started", obj=plan, after=after, region=str(plan.region_id), at=at)
    return document.attempt


def read_plan_document(*, by: Actor, document_id: int, at: datetime) -> PlanDocument:
    """Read the file of a document and write what was found; a failure is kept as a sentence, never raised.

    Reading takes place outside of any transaction, so that a long OCR blocks nobody; the result is written in one.
    """
    attempt = start_reading(by=by, document_id=document_id, at=at)
    document = get_document(document_id)
    try:
        read = read_plan(read_document(Path(document.file.file.path)))
    except WulianError as error:
        return _fail(by=by, document_id=document_id, attempt=attempt, sentence=error.text(_), at=at)
    except Exception:
        logger.exception("reading of plan document %s failed", document_id)
        sentence = _("读这份文件时出了没有料到的错误，文件已保存，没有丢失。请重读一次，或另存为 .docx、.txt 后再上传。")
        return _fail(by=by, document_id=document_id, attempt=attempt, sentence=sentence, at=at)
    return _write(by=by, document_id=document_id, attempt=attempt, read=read, at=at)


def confirm_details(*, by: Actor, plan_id: int, version: int | None, at: datetime, region: str, details: Mapping[str, Any]) -> Plan:
    """Set what the plan is, as the officer confirms it: its region and any of `plans.FIELDS`.

    A published plan's region never changes; a draft that was just read may have been filed under the wrong one.
    Raises: Denied, Conflict, Invalid, PlanCycle, PlanNotDraft, UnknownRegion.
    """
    plan = get_plan(plan_id)
    for code in {str(plan.region_id), region}:
        require_officer(by, region=code, act=_("改规划信息"))
    with transaction.atomic():
        plan = locked(Plan, plan_id)
        _require_draft(plan)
        require_version(plan, version, what=_("“%(plan)s”的规划信息") % {"plan": plan})
        moved = region != str(plan.region_id)
        if moved:
            before = {"region_id": str(plan.region_id)}
            plan.region = get_region(region)
            plan.save(update_fields=["region"])
            audit.record(by=by, action="plan.region_set", obj=plan, before=before, after={"region_id": region}, region=region, at=at)
        plan = edit_plan(by=by, at=at, plan_id=plan_id, **details)
        document = PlanDocument.objects.select_for_update(of=("self",)).filter(plan=plan).first()
        if document is not None:
            document.confirmed = True
            document.save(update_fields=["confirmed"])
            if moved:
                _match_units_again(document, plan.region)
            audit.record(by=by, action="plan.details_confirmed", obj=plan, region=region, at=at)
    return plan


def get_stored(file_id: int) -> StoredFile:
    """A file that the caller has stored before. Raises: NotFound."""
    found = StoredFile.objects.filter(pk=file_id).first()
    if found is None:
        raise NotFound(what=_("这个文件"))
    return found


def get_plan(plan_id: int) -> Plan:
    try:
        return Plan.objects.select_related("region", "parent", "predecessor").get(pk=plan_id)
    except Plan.DoesNotExist as error:
        raise NotFound(what=_("这份规划")) from error


def get_document(document_id: int) -> PlanDocument:
    try:
        return PlanDocument.objects.select_related("plan__region", "file").get(pk=document_id)
    except PlanDocument.DoesNotExist as error:
        raise NotFound(what=_("这份规划文本")) from error


def _require_draft(plan: Plan) -> None:
    if plan.state != Plan.State.DRAFT:
        raise PlanNotDraft(plan=str(plan), state=plan.get_state_display())


def _fail(*, by: Actor, document_id: int, attempt: int, sentence: str, at: datetime) -> PlanDocument:
    with transaction.atomic():
        document = PlanDocument.objects.select_for_update(of=("self",)).select_related("plan").get(pk=document_id)
        if document.attempt != attempt:
            return document
        document.state = PlanDocument.State.FAILED
        document.failure = sentence
        document.save(update_fields=["state", "failure"])
        region = str(document.plan.region_id)
        audit.record(by=by, action="plan.reading_failed", obj=document.plan, after={"failure": sentence}, region=region, at=at)
    return document


def _write(*, by: Actor, document_id: int, attempt: int, read: ReadPlan, at: datetime) -> PlanDocument:
    with transaction.atomic():
        document = PlanDocument.objects.select_for_update(of=("self",)).select_related("plan__region").get(pk=document_id)
        if document.attempt != attempt:  # a later attempt took over: its result counts, not this one
            return document
        plan = document.plan
        guess = _guess(read)
        document.text = read.document.text
        document.format = read.document.format
        document.warnings = [
            {"code": one.code, "zh": one.zh, "en": one.en, "span": list(one.span) if one.span else None} for one in read.warnings
        ]
        document.findings = [finding.as_dict() for finding in read.findings]
        document.guess = guess.as_dict()
        document.state = PlanDocument.State.READ
        document.read_at = at
        document.save()
        _apply_guess(by, plan, guess)
        document.extractions.all().delete()
        matcher = UnitMatcher(plan.region)
        rows = _indicator_rows(document, read, plan.last_year) + _task_rows(document, read, matcher)
        Extraction.objects.bulk_create(rows, batch_size=500)
        premerge(document)
        after = {"indicators": len(read.indicators), "tasks": len(read.tasks), "findings": len(read.findings), "attempt": attempt}
        audit.record(by=by, action="plan.read", obj=plan, after=after, region=str(plan.region_id), at=at)
    return document


def _guess(read: ReadPlan) -> guessing.PlanGuess:
    regions = [
        guessing.RegionName(one.code, (one.name, one.short_name, *one.old_names), len(ancestors(one)))
        for one in Region.objects.select_related("parent__parent__parent").order_by("code")
    ]
    years = sorted({one.year for one in read.indicators if one.kind == "annual_target" and one.year})
    return guessing.guess_plan(read.document.text, title=read.title, period=read.period, table_years=years, regions=regions)


def _apply_guess(by: Actor, plan: Plan, guess: guessing.PlanGuess) -> None:
    """Fill the draft with the guess; the region only where the officer covers it, since the act is theirs."""
    if guess.title:
        plan.title, plan.short_title = guess.title, guess.short_title or guess.title[:60]
    plan.document_number, plan.issuer = guess.document_number, guess.issuer
    plan.issued_on = date.fromisoformat(guess.issued_on) if guess.issued_on else None
    if guess.first_year and guess.last_year:
        plan.first_year, plan.last_year, plan.base_year = guess.first_year, guess.last_year, guess.base_year
    if guess.region and guess.region != plan.region_id:
        try:
            require_officer(by, region=guess.region, act="")
        except WulianError:
            logger.info("plan %s names region %s, which its officer does not cover", plan.pk, guess.region)
        else:
            plan.region = Region.objects.select_related("parent").get(pk=guess.region)
    plan.version += 1
    plan.save()


def _indicator_rows(document: PlanDocument, read: ReadPlan, last_year: int) -> list[Extraction]:
    rows = []
    for position, one in enumerate(read.indicators):
        printed = one.as_dict() | {"masked": one.masked, "assigned": one.assigned, "raw_span": list(one.raw_span)}
        values = mentions.first_values(printed, last_year=last_year)
        values["commitment"] = mentions.commitment(read.document.text, one.span[0])
        rows.append(
            Extraction(
                document=document,
                what=Extraction.What.INDICATOR,
                position=position,
                printed=printed,
                values=values,
                span_start=one.span[0],
                span_end=one.span[1],
                group_key=mentions.group_key(values["name"], values["unit"]),
            )
        )
    return rows


def _task_rows(document: PlanDocument, read: ReadPlan, matcher: UnitMatcher) -> list[Extraction]:
    rows = []
    for position, one in enumerate(read.tasks):
        printed = one.as_dict() | {"units_span": list(one.units_span) if one.units_span else None}
        named = [(name, "lead") for name in one.lead] + [(name, "participant") for name in one.participants]
        values = {
            "number": one.id[:40],
            "title": one.title[:200],
            "section": (one.section or "")[:200],
            "level": one.level,
            "units_printed": one.raw_units[:500],
            "units": [matcher.match(name).as_dict() | {"role": role} for name, role in dict.fromkeys(named)],
        }
        rows.append(
            Extraction(
                document=document,
                what=Extraction.What.TASK,
                position=position,
                printed=printed,
                values=values,
                span_start=one.span[0],
                span_end=one.span[1],
            )
        )
    return rows


def premerge(document: PlanDocument) -> int:
    """Mark repeated mentions of one value as merged; each can be undone by the officer. Returns how many."""
    rows = list(document.extractions.filter(what=Extraction.What.INDICATOR, state=Extraction.State.PENDING).order_by("position"))
    found = mentions.repeats(mentions.mention_of(row) for row in rows)
    merged = [row for row in rows if row.pk in found]
    for row in merged:
        row.state, row.merged_into_id = Extraction.State.MERGED, found[row.pk]
    Extraction.objects.bulk_update(merged, ["state", "merged_into"], batch_size=500)
    return len(merged)


def _match_units_again(document: PlanDocument, region: Region) -> None:
    """The region has changed, so the same printed names mean other organisations; what the officer chose stays."""
    matcher = UnitMatcher(region)
    rows = list(document.extractions.filter(what=Extraction.What.TASK).order_by("position"))
    for row in rows:
        row.values["units"] = [
            unit if unit["basis"] == "chosen" else matcher.match(unit["name"]).as_dict() | {"role": unit["role"]}
            for unit in row.values["units"]
        ]
    Extraction.objects.bulk_update(rows, ["values"], batch_size=200)
