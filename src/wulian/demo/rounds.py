"""Reporting rounds of the demonstration: finished ones, one overdue and one running, with problems and late units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from wulian.chains.governance.models import Plan, PlanTask, Problem, ReportingRound, RoundReport
from wulian.chains.governance.services.problems import DecisionEntry, assign_problem, close_problem, handle_problem, record_meeting
from wulian.chains.governance.services.rounds import accept_report, close_round, file_report, open_round, remind_round, return_report
from wulian.chains.governance.services.tasks import assign_unit
from wulian.foundation.access import Actor, Role

from .generate.dice import Dice
from .history import moment, reported_value
from .planfiles import plan_files
from .plans import UnitFinder

# The public text of the newest Hongqiao plan names no units. In the demonstration an officer has given these tasks a lead.
LEADS = {
    "高标准建设光荣道科技产业园": "区科技局",
    "构建科技企业梯次培育体系": "区科技局",
    "推动高新技术企业提质增效发展": "区科技局",
    "完善科技成果转化服务链条": "区科技局",
    "推动科技金融深度融合": "区金融局",
    "打通高层次人才引育渠道": "区人社局",
    "优化创新创业服务供给": "区商务局",
    "工业互联网产业": "区商务局",
    "研发设计产业": "区商务局",
    "能源低碳产业": "区发展改革委",
    "高水平构建多点协同格局": "区政府合作交流办",
    "营造浓厚科技创新氛围": "区科协",
}
PROGRESS = (
    "已按季度安排推进，阶段工作完成。",
    "完成摸底和走访，形成企业清单。",
    "召开对接活动两场，达成初步意向。",
    "项目方案已定，正在办理前期手续。",
    "载体改造进场施工，预计下季度交付。",
    "培训和政策宣讲完成，企业反映良好。",
)
PROBLEMS = (
    "载体改造审批环节多，工期可能后延。",
    "企业申报材料不齐，需要第三方辅导。",
    "缺少统一的统计口径，数据要逐家核对。",
    "资金下达偏晚，影响项目启动。",
)
NEXT_STEPS = ("下季度继续推进并按月调度。", "逐家补齐材料后再报。", "与相关单位会商，明确时间表。")


@dataclass(frozen=True, slots=True)
class Course:
    """How a round goes. `filed`: share of reports filed by its end; `finished`: closed, everything filed is accepted."""

    name: str
    as_of: date
    opened_on: date
    due_on: date
    filed: float
    finished: bool
    participants: bool = False


def assign_leads(plan: Plan, *, by: Actor, at: datetime) -> None:
    """Leads for the tasks of LEADS; the rest stays without a lead and is flagged by the page of tasks."""
    finder = UnitFinder()
    for task in PlanTask.objects.filter(plan=plan, title__in=LEADS, units__isnull=True).order_by("position"):
        unit = finder.find(LEADS[task.title], str(plan.region_id))
        if unit is not None:
            assign_unit(by=by, at=at, task_id=task.pk, organisation_id=unit, role="lead", reason="演示：区科技局指定牵头单位")


def courses(key: str, on: date) -> list[Course]:
    """The rounds of a plan as seen on `on`."""
    quarter = last_quarter_end(on)
    before = last_quarter_end(quarter - timedelta(days=1))
    week = timedelta(days=7)
    match key:
        case "hongqiao-2020-2022":
            return [
                Course(
                    f"{year} 年度调度",
                    date(year, 12, 31),
                    date(year + 1, 1, 5),
                    date(year + 1, 1, 25),
                    0.97,
                    finished=True,
                    participants=True,
                )
                for year in (2021, 2022)
            ]
        case "hongqiao-2026-2030":
            return [
                Course(f"{quarter_name(before)}调度", before, on - 7 * week, on - 3 * week, 0.72, finished=False),
                Course(f"{quarter_name(quarter)}调度", quarter, on - week, on + week, 0.35, finished=False),
            ]
        case "tianjin-2025-2027":
            return [
                Course(f"{quarter_name(before)}调度", before, on - 7 * week, on - 3 * week, 0.80, finished=False),
                Course(f"{quarter_name(quarter)}调度", quarter, on - 2 * week, on + timedelta(days=3), 0.85, finished=False),
            ]
    return []


def last_quarter_end(day: date) -> date:
    """The last day of a quarter before or on `day`."""
    month = (day.month - 1) // 3 * 3
    this = date(day.year, month, {3: 31, 6: 30, 9: 30}[month]) if month else date(day.year - 1, 12, 31)
    end = (day + timedelta(days=1)).month
    return day if (day + timedelta(days=1)).day == 1 and end in {1, 4, 7, 10} else this


def quarter_name(day: date) -> str:
    return f"{day.year} 年{'一二三四'[day.month // 3 - 1]}季度"


def courses_of(plan: Plan, on: date) -> list[Course]:
    """The rounds of one of the demonstration's plans, from the end of the year before it on."""
    key = next(file.key for file in plan_files() if (file.title, file.region) == (plan.title, plan.region_id))
    return [course for course in courses(key, on) if course.as_of >= date(plan.first_year - 1, 12, 31)]


def write_rounds(*, plans: list[Plan], filers: Mapping[int, Sequence[Actor]], by: Actor, at: datetime, on: date) -> None:
    """Rounds for plans that have none yet. `filers`, by plan id, file for the units (a reporter of the unit, else the last of them, an officer); `by` opens and accepts."""
    for plan in plans:
        if plan.rounds.exists():
            continue
        planned = courses_of(plan, on)
        if planned and not planned[0].finished:
            assign_leads(plan, by=by, at=at)
        for course in planned:
            run(plan, course, filers[plan.pk], by=by, at=at, on=on)
        if planned and not planned[0].finished:
            meet(plan, by=by, at=at, on=on)


def meet(plan: Plan, *, by: Actor, at: datetime, on: date) -> None:
    """A steering meeting that took up the open problems."""
    problems = list(plan.problems.exclude(state=Problem.State.CLOSED).order_by("id")[:2])
    decisions = [DecisionEntry(text=f"限期解决：{problem.title}", task_id=problem.task_id, problem_id=problem.pk) for problem in problems]
    decisions.append(DecisionEntry(text="没有牵头单位的任务，由科技部门提出名单后确定。"))
    held_on = on - timedelta(days=5)
    record_meeting(
        by=by,
        at=moment(held_on, at, 0),
        plan_id=plan.pk,
        name="规划实施调度会",
        held_on=held_on,
        summary="演示数据（合成）。",
        decisions=decisions,
    )


def run(plan: Plan, course: Course, filers: Sequence[Actor], *, by: Actor, at: datetime, on: date) -> None:
    opened = open_round(
        by=by,
        at=moment(course.opened_on, at, 0),
        on=course.opened_on,
        plan_id=plan.pk,
        name=course.name,
        as_of=course.as_of,
        due_on=course.due_on,
        with_participants=course.participants,
    )
    reports = RoundReport.objects.filter(round=opened).select_related("task", "indicator", "unit")
    for report in reports.order_by("unit", "task__position", "indicator__position", "id"):
        dice = Dice("report", plan.title, course.name, report.unit.name, str(report.task), str(report.indicator))
        if dice.chance(course.filed):
            answer(plan, course, report, dice, filers, by=by, at=at, on=on)
    settle_problems(plan, opened, by=by, at=at, on=on, finished=course.finished)
    if course.finished:
        close_round(by=by, at=moment(course.due_on, at, 20), round_id=opened.pk)
    elif course.due_on < on:
        remind_round(by=by, at=at, on=on, round_id=opened.pk)


def answer(
    plan: Plan, course: Course, report: RoundReport, dice: Dice, filers: Sequence[Actor], *, by: Actor, at: datetime, on: date
) -> None:
    """One report: in time or late, sometimes with a problem, accepted, returned or still to be looked at."""
    late = dice.chance(0.2)
    last = min(course.due_on + timedelta(days=9 if late else 0), on)
    day = dice.day(min(course.due_on + timedelta(days=1) if late else course.opened_on, last), last)
    value: Decimal | None = None
    if report.indicator is not None:
        value = reported_value(report.indicator, plan, course.as_of)
        if value is None:
            return
    difficult = report.task is not None and dice.chance(0.16)
    file_report(
        by=next((actor for actor in filers if actor.has(Role.REPORTER, organisation_id=report.unit_id)), filers[-1]),
        at=moment(day, at, 0),
        on=day,
        report_id=report.pk,
        version=report.version,
        standing="difficult" if difficult else dice.choice(("under_way", "under_way", "done")),
        progress=dice.choice(PROGRESS) if report.task else "按统计台账填报（演示数据，合成）。",
        problem=dice.choice(PROBLEMS) if difficult else "",
        next_step=dice.choice(NEXT_STEPS),
        value=value,
    )
    report.refresh_from_db()
    if course.finished or dice.chance(0.5):
        accept_report(by=by, at=moment(day, at, 3), report_id=report.pk, version=report.version)
    elif dice.chance(0.12):
        return_report(
            by=by, at=moment(day, at, 1), on=on, report_id=report.pk, version=report.version, reason="进展太笼统，请补充数字和佐证。"
        )


def settle_problems(plan: Plan, opened: ReportingRound, *, by: Actor, at: datetime, on: date, finished: bool) -> None:
    """Problems of a round get an owner and a date; of finished rounds they are handled and closed, of running ones some are."""
    for problem in Problem.objects.filter(plan=plan, report__round=opened).order_by("id"):
        dice = Dice("problem", plan.title, opened.name, problem.title, str(problem.task))
        owner = problem.raised_by_unit_id
        due = opened.due_on + timedelta(days=dice.integer(10, 60))
        problem = assign_problem(
            by=by, at=moment(opened.due_on, at, 1), problem_id=problem.pk, version=problem.version, owner_id=owner, due_on=due
        )
        if finished or dice.chance(0.3):
            problem = handle_problem(
                by=by,
                at=moment(opened.due_on, at, 9),
                problem_id=problem.pk,
                version=problem.version,
                closing_note="已会商解决，纳入日常管理。",
            )
            if finished or dice.chance(0.5):
                close_problem(by=by, at=moment(opened.due_on, at, 12), problem_id=problem.pk, version=problem.version)
