"""Practices of made-up areas put to tasks of the running Hongqiao plan, one in each state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from wulian.chains.governance.models import IndicatorChain, Plan
from wulian.chains.governance.services.ideas import add_idea, decide_idea
from wulian.foundation.access import Actor

SOURCE = "演示材料（合成）"
# Area, practice, what could be taken over, then what became of it and why.
IDEAS = (
    (
        "甲市高新区（合成）",
        "把企业需求做成场景清单，每季度公开征集解决方案。",
        "先从园区公共服务选两个场景试。",
        "taken_up",
        "条件相近，已列入本季度安排。",
    ),
    (
        "乙市某区（合成）",
        "给初创企业免三年房租，由区属平台先行垫付。",
        "只借鉴垫付后清算的办法。",
        "unsuitable",
        "本区财力和载体权属不同。",
    ),
    ("丙市某区（合成）", "由技术经理人驻园区，按成交额给补助。", "请两家服务机构先派驻。", "", ""),
)


def write_ideas(*, plans: Sequence[Plan], by: Actor, at: datetime, on: date) -> None:
    """Ideas for the running plan of Hongqiao when it has none yet, beside the indicator that is compared with other areas."""
    compared = IndicatorChain.objects.filter(peers__isnull=False, indicators__plan__in=plans).order_by("pk").first()
    for plan in plans:
        tasks = list(plan.tasks.order_by("position", "pk"))
        running = plan.first_year <= on.year <= plan.last_year
        if plan.region_id != "120106" or not running or not tasks or plan.tasks.filter(ideas__isnull=False).exists():
            continue
        for place, (area, practice, takeover, state, reason) in enumerate(IDEAS):
            idea = add_idea(
                by=by,
                at=at,
                task_id=tasks[place * 3 % len(tasks)].pk,
                area=area,
                practice=practice,
                takeover=takeover,
                source=SOURCE,
                dated_on=on - timedelta(days=40 + 10 * place),
                chain_id=compared.pk if compared else None,
            )
            if state:
                decide_idea(by=by, at=at, idea_id=idea.pk, version=0, state=state, reason=reason)
