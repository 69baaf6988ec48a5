"""Frozen evaluations of the demonstration, reviewed by a third party: answered and public, and with comments that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from wulian.chains.governance.models import Plan
from wulian.chains.governance.selectors.reviewing import Subject, subjects_of
from wulian.chains.governance.services.evaluations import Renderer, freeze_evaluation
from wulian.chains.governance.services.reviewing import answer_comment, file_comment, invite_reviewer, set_evaluation_public
from wulian.foundation.access import Actor, Role

# On what (kind, position), what is said, the answer (empty: it waits), whether both are public.
PAST = (
    ("indicator", 0, "请写明按什么口径统计、由谁核实。", "按统计年报口径，由科技部门核实，值可打开到来源。", True),
    ("task", 0, "只有进展描述，缺少可以核对的成果数量。", "已请牵头单位补充数量和佐证。", False),
    ("", 0, "建议下一期规划把每项目标逐年分解。", "已采纳：新一期规划按年设节点。", True),
)
RUNNING = (
    ("indicator", 1, "本年节点偏低，后三年压力较大，请说明分解的考虑。", "", False),
    ("task", 1, "建议明确牵头单位和完成时限。", "", False),
    ("", 0, "填报与计算并列的做法清楚，建议保留。", "谢谢，将继续并列。", False),
)


def write_reviews(*, plans: Sequence[Plan], reviewer: Actor | None, by: Actor, at: datetime, on: date, render: Renderer) -> None:
    """Evaluations for Hongqiao's plans that have none yet: the one whose period is over, and the running one as of `on`."""
    if reviewer is None:
        return
    for plan in plans:
        if plan.region_id != "120106" or plan.evaluations.exists():
            continue
        over = date(plan.last_year, 12, 31) < on
        day, name = (date(plan.last_year, 12, 31), "终期评估") if over else (on, f"{on.year} 年度评估")
        if day.year >= plan.first_year:
            review(plan, day, name, PAST if over else RUNNING, reviewer, by=by, at=at, render=render, is_public=over)


def review(
    plan: Plan,
    day: date,
    name: str,
    said: Sequence[tuple[str, int, str, str, bool]],
    reviewer: Actor,
    *,
    by: Actor,
    at: datetime,
    render: Renderer,
    is_public: bool,
) -> None:
    evaluation = freeze_evaluation(by=by, at=at, plan_id=plan.pk, on=day, name=name, render=render)
    body = next(iter(reviewer.organisations_as(Role.REVIEWER)))
    due_on = None if is_public else at.date() + timedelta(days=14)
    invite_reviewer(by=by, at=at, evaluation_id=evaluation.pk, organisation_id=body, due_on=due_on)
    subjects = subjects_of(evaluation)
    for kind, place, text, answer, shown in said:
        comment = file_comment(by=reviewer, at=at, evaluation_id=evaluation.pk, text=text, about=about(subjects, kind, place))
        if answer:
            answer_comment(by=by, at=at, comment_id=comment.pk, version=0, answer=answer, is_public=shown)
    if is_public:
        set_evaluation_public(by=by, at=at, evaluation_id=evaluation.pk, is_public=True)


def about(subjects: Sequence[Subject], kind: str, place: int) -> str:
    """The key of the subject of this kind at this place; empty (the whole) where there is none."""
    return next((one.key for one in [subject for subject in subjects if subject.kind == kind][place:]), "")
