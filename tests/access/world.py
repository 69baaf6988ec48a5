"""A small loaded installation with one of everything and a person of every role, for tests of access and of the API."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from tests.directory import makers
from wulian.chains.governance.models import Problem, RoundReport, TaskUnit
from wulian.chains.governance.services import (
    appraisal,
    chains,
    evaluations,
    ideas,
    indicators,
    observations,
    peers,
    plans,
    problems,
    reading,
    reviewing,
    rounds,
    targets,
    tasks,
)
from wulian.directory.models import Membership
from wulian.directory.services.identity import merge_organisations
from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.foundation.catalogue.snapshots import take_snapshot
from wulian.foundation.files import store_upload
from wulian.foundation.imports.services.batches import confirm_mapping, start_import
from wulian.foundation.imports.services.running import run_import
from wulian.foundation.notices import notify

HONGQIAO, NANKAI = "120106", "120104"
PLAN_TEXT = """红桥区数字经济三年行动方案
一、工作目标
到2026年，全区数字企业总量达到120家，软件业务收入突破30亿元。
二、重点任务
（一）培育数字企业。到2026年，数字企业达到120家。（区科技局牵头，区商务局按职责分工负责）
"""
REGISTER = """企业名称,统一社会信用代码,成立日期,地区
天津红桥试验一有限公司,,2020-01-02,红桥区
,,不是日期,红桥区
"""


@dataclass
class World:
    """People by role, and the ids of what they may or may not open."""

    people: dict[str, Actor]
    ids: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, role: str) -> Actor:
        return self.people[role]


def build(account: Callable[..., Actor]) -> World:
    """`account` is the fixture that makes an account with one membership."""
    officer = account(Role.OFFICER, unit="红桥区科技局", username="officer")
    people = {
        "anonymous": ANONYMOUS,
        "enterprise": account(Role.ENTERPRISE, unit="天津试验科技有限公司", username="enterprise"),
        "reporter": account(Role.REPORTER, unit="红桥区商务局", username="reporter"),
        "other_reporter": account(Role.REPORTER, region=NANKAI, unit="南开区商务局", username="other_reporter"),
        "other_officer": account(Role.OFFICER, region=NANKAI, unit="南开区科技局", username="other_officer"),
        "officer": officer,
        "city_officer": account(Role.OFFICER, region="120000", unit="天津市科技局", username="city_officer"),
        "reviewer": account(Role.REVIEWER, region=None, unit="某科技评估中心", username="reviewer"),
        "other_reviewer": account(Role.REVIEWER, region=None, unit="另一家评估中心", username="other_reviewer"),
        "auditor": account(Role.AUDITOR, unit="红桥区审计局", username="auditor"),
        "other_auditor": account(Role.AUDITOR, region=NANKAI, unit="南开区审计局", username="other_auditor"),
        "administrator": account(Role.ADMINISTRATOR, region="120000", unit="平台管理", username="administrator"),
    }
    world = World(people)
    _directory(world)
    _plans(world)
    _tasks(world)
    _appraisal(world)
    _uploads(world)
    _registers(world)
    return world


def _registers(world: World) -> None:
    """A register with one entry in its public state, of persons and a file."""
    from tests.engines.registers.test_loading import GOOD
    from wulian.demo.entries import Maker
    from wulian.foundation.access import system
    from wulian.registers.models import EntryFile
    from wulian.registers.services.definitions import adopt_definition
    from wulian.registers.services.editions import publish_edition
    from wulian.registers.services.saved_views import save_view

    by = system("试验")
    adopt_definition(by=by, at=timezone.now(), text=GOOD, file="envoys.yaml")
    spec = {
        "subject": "@person:林某",
        "region": HONGQIAO,
        "values": {"firm": "@enterprise:1"},
        "path": [{"do": "appoint", "on": "2026-02-02"}],
    }
    entry = Maker(by=by, fill=True).entry("envoys", spec)
    edition = publish_edition(by=by, at=timezone.now(), on=date(2026, 3, 2), register="envoys", region=HONGQIAO, public=True)
    view = save_view(by=world["officer"], register="envoys", name="试验", query="state=serving")
    world.ids |= {"edition": edition.pk, "view": view.pk}
    world.ids |= {"entry": entry.pk, "entry_file": EntryFile.objects.get(entry=entry).file_id}


def unit_id(actor: Actor) -> int:
    """The organisation that a person belongs to."""
    return next(iter(actor.organisations_as(*Role)))


def _directory(world: World) -> None:
    from wulian.directory.models import Organisation

    own = Organisation.objects.get(pk=unit_id(world["enterprise"]))
    Organisation.objects.filter(pk=own.pk).update(kind="enterprise", flags=[{"code": "capital_unit", "text": "资本存疑"}])
    firm = makers.organisation("天津另一家有限公司", HONGQIAO, flags=[{"code": "capital_unit", "text": "资本存疑"}])
    for one in (own, firm):
        makers.fact(one, "revenue", 2025, 123_456_789)
        makers.fact(one, "rd_expense", 2025, 23_456_789)
        makers.title(one)
        makers.patent(one)
    twin = makers.organisation("天津另一家公司", HONGQIAO)
    change = merge_organisations(by=world["officer"], kept_id=firm.pk, other_id=twin.pk, reason="同一家", at=timezone.now())
    world.ids["change"] = change.pk
    world.ids["doubt"] = makers.doubt(own, firm).pk
    world.ids |= {"own": own.pk, "firm": firm.pk, "membership": Membership.objects.get(person__user_id=world["reporter"].user_id).pk}
    world.ids["person"] = Membership.objects.get(pk=world.ids["membership"]).person_id
    snapshot = take_snapshot(metric="hnte_valid", region=HONGQIAO, on=date(2025, 12, 31), by=world["officer"], at=timezone.now())
    world.ids["snapshot"] = snapshot.pk
    region_fact = makers.region_fact(HONGQIAO, "gdp", 2025, 100_000_000_00, "submitted")
    world.ids["region_fact"] = region_fact.pk
    notify(users=[world["officer"].user_id or 0], key="try", text="试验通知", at=timezone.now())


def _plan(world: World, by: str, title: str, region: str) -> tuple[int, int]:
    actor, at = world[by], timezone.now() - timedelta(days=1)
    plan = plans.create_plan(by=actor, at=at, title=title, region=region, first_year=2024, last_year=2026, base_year=2023)
    indicator = indicators.add_indicator(
        by=actor, at=at, plan_id=plan.pk, name="数字企业数量", unit="家", owner_id=unit_id(world["reporter"])
    )
    targets.set_target(by=actor, at=at, indicator_id=indicator.pk, year=2023, role="baseline", value=Decimal(80))
    targets.set_target(by=actor, at=at, indicator_id=indicator.pk, year=2026, role="final", value=Decimal(120))
    return plan.pk, indicator.pk


def _plans(world: World) -> None:
    officer, at = world["officer"], timezone.now() - timedelta(days=1)
    world.ids["plan"], world.ids["indicator"] = _plan(world, "officer", "红桥区数字经济规划", HONGQIAO)
    world.ids["draft"], world.ids["draft_indicator"] = _plan(world, "officer", "红桥区未发布的规划", HONGQIAO)
    world.ids["city_plan"], world.ids["city_indicator"] = _plan(world, "city_officer", "天津市数字经济规划", "120000")
    waiting = targets.set_target(
        by=officer, at=at, indicator_id=world.ids["indicator"], year=2025, role="milestone", number_state="assigned"
    )
    world.ids["target"] = waiting.pk
    world.ids["draft_target"] = targets.set_target(
        by=officer, at=at, indicator_id=world.ids["draft_indicator"], year=2024, role="milestone", value=Decimal(90)
    ).pk
    task = tasks.add_task(
        by=officer, at=at, plan_id=world.ids["plan"], title="培育数字企业",
        units=[
            tasks.UnitOfTask("红桥区商务局", "lead", unit_id(world["reporter"])),
            tasks.UnitOfTask("各区人民政府", "participant"),
        ],
    )  # fmt: skip
    other = tasks.add_task(
        by=officer, at=at, plan_id=world.ids["plan"], title="建设数字园区",
        units=[tasks.UnitOfTask("红桥区科技局", "lead", unit_id(officer))],
    )  # fmt: skip
    draft_task = tasks.add_task(by=officer, at=at, plan_id=world.ids["draft"], title="未发布的任务")
    world.ids |= {"task": task.pk, "other_task": other.pk, "draft_task": draft_task.pk}
    world.ids["task_unit"] = TaskUnit.objects.get(task=task, role="participant").pk
    plans.publish_plan(by=officer, at=at, plan_id=world.ids["plan"])
    plans.publish_plan(by=world["city_officer"], at=at, plan_id=world.ids["city_plan"])
    printed = observations.record_printed(
        by=officer, at=at, indicator_id=world.ids["indicator"], as_of=date(2023, 12, 31), value=Decimal(80)
    )
    evidence = store_upload(by=world["reporter"], upload=io.BytesIO(b"proof"), name="proof.txt", at=at, allowed=("text",))
    reported = observations.report_observation(
        by=world["reporter"],
        at=at,
        indicator_id=world.ids["indicator"],
        as_of=date(2025, 12, 31),
        value=Decimal(101),
        evidence_ids=[evidence.pk],
    )
    chain = chains.link_indicators(by=officer, at=at, indicator_ids=[world.ids["indicator"], world.ids["city_indicator"]], name="数字企业")
    peer = peers.set_peer_value(
        by=officer, at=at, chain_id=chain.pk, area="某市", as_of=date(2025, 12, 31), value=Decimal(300), source="统计公报"
    )
    evaluation = evaluations.freeze_evaluation(
        by=officer,
        at=at,
        plan_id=world.ids["plan"],
        on=date(2025, 12, 31),
        name="中期评估",
        render=lambda content: {"评估.pdf": b"%PDF-1.4 trial"},
    )
    seat = reviewing.invite_reviewer(by=officer, at=at, evaluation_id=evaluation.pk, organisation_id=unit_id(world["reviewer"]))
    comment = reviewing.file_comment(
        by=world["reviewer"], at=at, evaluation_id=evaluation.pk, about=f"indicator-{world.ids['indicator']}", text="口径要写明"
    )
    shown = evaluations.freeze_evaluation(
        by=officer, at=at, plan_id=world.ids["plan"], on=date(2024, 12, 31), name="年度评估", render=lambda content: {}
    )
    reviewing.set_evaluation_public(by=officer, at=at, evaluation_id=shown.pk, is_public=True)
    world.ids |= {"reviewer": seat.pk, "comment": comment.pk, "public_evaluation": shown.pk}
    world.ids |= {
        "printed": printed.pk, "observation": reported.pk, "chain": chain.pk, "peer": peer.pk, "evaluation": evaluation.pk, "evidence": evidence.pk,
        "evaluation_file": evaluation.files.get().pk
    }  # fmt: skip


def _tasks(world: World) -> None:
    officer, at, on = world["officer"], timezone.now() - timedelta(days=1), timezone.localdate() - timedelta(days=1)
    opened = rounds.open_round(
        by=officer, at=at, on=on, plan_id=world.ids["plan"], name="年度调度", as_of=date(2025, 12, 31), due_on=on + timedelta(days=20)
    )
    world.ids["round"] = opened.pk
    reports = RoundReport.objects.filter(round=opened)
    world.ids["report"] = reports.get(unit_id=unit_id(world["reporter"]), task_id=world.ids["task"]).pk
    world.ids["other_report"] = reports.get(unit_id=unit_id(officer)).pk
    own = problems.raise_problem(
        by=officer, at=at, plan_id=world.ids["plan"], title="缺少场地", task_id=world.ids["task"], owner_id=unit_id(world["reporter"])
    )
    other = problems.raise_problem(by=officer, at=at, plan_id=world.ids["plan"], title="缺少资金", owner_id=unit_id(officer))
    assert isinstance(other, Problem)
    idea = ideas.add_idea(
        by=officer, at=at, task_id=world.ids["task"], area="某市", practice="场景开放", source="公报", dated_on=date(2025, 6, 1),
        chain_id=world.ids["chain"], file_id=store_upload(by=officer, upload=io.BytesIO(b"note"), name="a.txt", at=at, allowed=("text",)).pk,
    )  # fmt: skip
    world.ids["idea"] = idea.pk
    world.ids |= {"problem": own.pk, "other_problem": other.pk}


def _appraisal(world: World) -> None:
    officer, at = world["officer"], timezone.now() - timedelta(hours=1)
    scheme = appraisal.draft_scheme(by=officer, at=at, plan_id=world.ids["plan"], year=2025)
    result = appraisal.score_units(by=officer, at=at, scheme_id=scheme.pk, on=date(2025, 12, 31))
    own, other = unit_id(world["reporter"]), unit_id(officer)
    world.ids |= {"scheme": scheme.pk, "result": result.pk, "weighed_unit": own}
    world.ids |= {"score": result.scores.get(unit_id=own).pk, "other_score": result.scores.get(unit_id=other).pk}


def _uploads(world: World) -> None:
    officer, at = world["officer"], timezone.now() - timedelta(days=1)
    file = store_upload(by=officer, upload=io.BytesIO(PLAN_TEXT.encode()), name="plan.txt", at=at, allowed=("text",))
    document = reading.upload_plan(by=officer, region=HONGQIAO, file=file, at=at, on=timezone.localdate())
    document = reading.read_plan_document(by=officer, document_id=document.pk, at=at)
    rows = document.extractions.order_by("id")
    world.ids |= {"file": file.pk, "document": document.pk, "read_plan": document.plan_id}
    world.ids["extraction"] = rows.filter(what="indicator").first().pk
    world.ids["task_extraction"] = rows.filter(what="task").first().pk

    def batch(name: str) -> Any:
        return start_import(
            by=officer, kind="organisations", source="市场监管登记", upload=io.BytesIO(REGISTER.encode()), name=name, region=HONGQIAO, at=at
        )

    world.ids["waiting_batch"] = batch("waiting.csv").pk
    done = batch("register.csv")
    confirm_mapping(by=officer, batch_id=done.pk, columns=done.columns, at=at)
    run_import(by=officer, batch_id=done.pk, clock=lambda: at)
    world.ids |= {"batch": done.pk, "quarantined": done.quarantine.first().pk}
