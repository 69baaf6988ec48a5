"""`wulian import`: a register from a file into the directory, with a progress bar, resumed where it was interrupted."""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path
from typing import Any

import click

from .django_setup import start_django

# What the command line takes: it streams, so the limit guards the disk, not memory.
FILE_LIMIT = 4 << 30


@click.command(name="import")
@click.argument("kind", metavar="organisations|facts|titles|ip|linked|region_facts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="数据源名称 / name of the data source")
@click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="列对照，可重复 / column of a field, repeatable")
@click.option("--as-of", metavar="YYYY-MM-DD", help="文件日期 / date of the file")
@click.option("--option", "extra", multiple=True, metavar="NAME=VALUE", help="该类导入的选项 / an option of this kind of import")
@click.option("--region", help="区域代码 / region code (default: WULIAN_REGION)")
def import_(
    kind: str, file: Path, source: str, pairs: tuple[str, ...], as_of: str | None, extra: tuple[str, ...], region: str | None
) -> None:
    """导入登记表（CSV、XLSX、.gz）。 / Import a register. Run again after an interruption: it goes on where it stopped."""
    start_django()
    from django.conf import settings
    from django.utils import timezone

    from wulian.directory.importing.jobs import run_batch
    from wulian.foundation.access import system
    from wulian.foundation.imports.selectors.batches import unfinished_import
    from wulian.foundation.imports.services.batches import confirm_mapping, start_import

    started = time.monotonic()
    by = system("wulian import", "cli")
    batch: Any = unfinished_import(viewer=by, kind=kind, source=source, sha256=digest_of(file))
    if batch is None:
        with file.open("rb") as handle:
            batch = start_import(
                by=by, kind=kind, source=source, upload=handle, name=file.name, region=region or settings.HOME_REGION,
                at=timezone.now(), limit=FILE_LIMIT,
            )  # fmt: skip
        columns = {**batch.columns, **dict(pair.split("=", 1) for pair in pairs if "=" in pair)}
        options = dict(pair.split("=", 1) for pair in extra if "=" in pair) | ({"as_of": as_of} if as_of else {})
        batch = confirm_mapping(by=by, batch_id=batch.pk, columns=columns, options=options, at=timezone.now())
    elif batch.rows_done:
        click.echo(
            f"接着批次 {batch.pk}，从第 {batch.rows_done + 1} 行继续 / resuming batch {batch.pk} after {batch.rows_done} rows", err=True
        )
    total = batch.rows_total or 0
    with click.progressbar(length=total, label="导入 / importing", file=sys.stderr) as bar:
        bar.update(batch.rows_done)

        def progress(done: int, _total: int | None) -> None:
            bar.update(done - bar.pos)

        batch = run_batch(by=by, batch_id=batch.pk, clock=timezone.now, progress=progress)
    show_summary(batch, time.monotonic() - started)


def digest_of(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def show_summary(batch: Any, seconds: float) -> None:
    rows = (
        ("行 / rows", batch.rows_done),
        ("新增 / created", batch.created_count),
        ("更新 / updated", batch.updated_count),
        ("未变 / unchanged", batch.unchanged_count),
        ("存疑 / flagged", batch.flagged_count),
        ("隔离 / quarantined", batch.quarantined_count),
    )
    click.echo(f"批次 {batch.pk} {batch.get_state_display()} / batch {batch.pk} {batch.state}")
    for label, count in rows:
        click.echo(f"  {label:<24}{count:>12,}")
    click.echo(f"  {'秒 / seconds':<24}{seconds:>12.1f}")
