"""`wulian search-index`: building the search index anew, and how it stands."""

from __future__ import annotations

import time

import click

from .django_setup import start_django


@click.group(name="search-index")
def search_index() -> None:
    """检索索引。 / The search index."""


@search_index.command()
def rebuild() -> None:
    """重建全部检索索引。 / Build all search indexes anew."""
    start_django()
    from wulian.foundation import search

    for kind in search.all_kinds():
        started = time.monotonic()
        count = search.rebuild(kind.code)
        if not search.is_ready(kind.code):
            raise click.ClickException("另一个进程正在写索引，请稍后再试 / another process is writing the index")
        click.echo(f"{kind.code}: {count:,} ({time.monotonic() - started:.1f} s)")


@search_index.command()
def status() -> None:
    """索引是否完整，还有多少待写。 / Whether it is complete, and how much waits to be written."""
    start_django()
    from wulian.foundation import search

    for kind in search.all_kinds():
        state = "完整 / complete" if search.is_ready(kind.code) else "待重建 / to be rebuilt"
        click.echo(f"{kind.code}: {state}, {search.pending(kind.code):,} 待写 / pending")
