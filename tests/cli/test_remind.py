"""`wulian remind` for sites that schedule the daily reminders themselves."""

from __future__ import annotations

from datetime import date

from click.testing import CliRunner

from wulian.chains.governance.models import Plan, ReportingRound, RoundReport
from wulian.cli.remind import remind
from wulian.directory.models import Organisation
from wulian.foundation.access import Actor

from ..conftest import NOW


def test_it_names_each_round_and_how_many_units_were_told(reporter: Actor) -> None:
    plan = Plan.objects.create(
        title="方案", short_title="方案", region_id="120106", first_year=2024, last_year=2026, state="published", created_at=NOW
    )
    task = plan.tasks.create(position=1, title="任务")
    opened = ReportingRound.objects.create(
        plan=plan, name="一季度", as_of=date(2026, 3, 31), opened_on=date(2026, 4, 1), due_on=date(2026, 4, 10)
    )
    RoundReport.objects.create(round=opened, unit=Organisation.objects.get(name="红桥区商务局"), task=task)
    assert CliRunner().invoke(remind, ["--on", "2026-04-06"]).output == ""
    assert CliRunner().invoke(remind, ["--on", "2026-04-07"]).output == f"#{opened.pk}\t1\n"
    assert CliRunner().invoke(remind, ["--on", "tomorrow"]).exit_code == 2
