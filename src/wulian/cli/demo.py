"""`wulian demo`: the demonstration region."""

from __future__ import annotations

import time

import click

from .django_setup import start_django


@click.group()
def demo() -> None:
    """演示区域：装入、账号、移除。 / The demonstration region."""
    start_django()


@demo.command()
def load() -> None:
    """装入或补齐演示区域。 / Load it, or add what is missing."""
    load_now()


def load_now() -> None:
    from django.utils import timezone

    from wulian.demo.services import load_demo
    from wulian.foundation import search
    from wulian.foundation.access import system
    from wulian.portal.plans.reports import render_documents

    started = time.perf_counter()
    at = timezone.now()
    loaded = load_demo(by=system("wulian demo load"), at=at, on=timezone.localdate(at), render=render_documents)
    search.flush("organisation")
    added = loaded.written
    click.echo(
        f"演示区域（合成数据）：主体 +{added.organisations}，称号 +{added.titles}，知识产权 +{added.rights}，"
        f"年度数据 +{added.facts}，区域数据 +{added.region_facts}，规划 {loaded.plans} 份；用时 {time.perf_counter() - started:.1f} 秒"
    )


def load_if_absent() -> None:
    """Load the region unless it is there already (`wulian setup --demo`)."""
    from wulian.demo.selectors import demo_is_loaded

    if not demo_is_loaded():
        load_now()


@demo.command()
@click.option("--new-passwords", is_flag=True, help="全部换新密码 / replace all passwords")
def accounts(new_passwords: bool) -> None:
    """列出演示账号和密码。 / List the demonstration sign-ins."""
    from django.utils import timezone

    from wulian.demo.accounts import ensure_accounts
    from wulian.foundation.access import system

    for one in ensure_accounts(by=system("wulian demo accounts"), at=timezone.now(), new_passwords=new_passwords):
        password = one.password or "（密码已不在文件里；换新：wulian demo accounts --new-passwords）"
        click.echo(f"{one.username:<14} {password}  {one.role.label}，{one.unit}")


@demo.command()
@click.option("--yes", is_flag=True, help="不再询问 / do not ask")
def remove(yes: bool) -> None:
    """移除演示区域：只删合成数据，并说明保留了什么。 / Remove it: synthetic rows only; says what it kept."""
    from django.utils import timezone

    from wulian.demo.removal import remove_demo
    from wulian.foundation import search
    from wulian.foundation.access import system

    if not yes:
        click.confirm("移除全部演示数据？真实数据不动。", abort=True)
    removed = remove_demo(by=system("wulian demo remove"), at=timezone.now())
    search.flush("organisation")
    for title, rows in (("删除", removed.deleted), ("保留", removed.kept)):
        for label, count in rows.items():
            click.echo(f"{title}\t{label}\t{count}")
    if not removed.deleted:
        click.echo("没有演示数据可移除。")
