"""`wulian remind`: what the worker does once a day, for sites that schedule it themselves."""

from __future__ import annotations

from datetime import datetime

import click

from .django_setup import start_django


@click.command()
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="按哪一天算，默认今天 / the day to count from, today by default"
)
def remind(on: datetime | None) -> None:
    """催报：提醒快到期和逾期的填报单位，每天每家至多一次。 / Remind units whose reports are nearly due or late."""
    start_django()
    from django.utils import timezone

    from wulian.chains.governance.services.rounds import remind_due_reports
    from wulian.foundation.access import system
    from wulian.registers.services.reminding import remind_entries

    told = remind_due_reports(by=system("wulian remind"), at=timezone.now(), on=on.date() if on else timezone.localdate())
    taken, sent = remind_entries(by=system("wulian remind"), at=timezone.now(), on=on.date() if on else timezone.localdate())
    for round_id, units in told.items():
        click.echo(f"#{round_id}\t{units}")
    if taken or sent:
        click.echo(f"台账 / registers\t到期办理 {taken}\t通知 {sent}")
