"""`wulian setup`: everything between an installed environment and a running product. Safe to run again."""

from __future__ import annotations

import click

from .django_setup import start_django


@click.command()
@click.option("--demo", is_flag=True, help="装入演示区域 / load the demonstration region")
def setup(demo: bool) -> None:
    """建库、编译译文、装入区划代码、采用自带的台账。 / Database, translations, code tables, the shipped registers."""
    from wulian.foundation.translations import compile_translations

    compile_translations()
    start_django()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from wulian.directory.services.regions import load_regions
    from wulian.foundation.access import system
    from wulian.portal.charts import write_chart_bundle
    from wulian.registers.services.definitions import adopt_shipped

    write_chart_bundle(settings.HOME / "generated")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    load_regions(by=system("wulian setup"))
    adopt_shipped(by=system("wulian setup"), at=timezone.now())
    if demo:
        from .demo import load_if_absent

        load_if_absent()
