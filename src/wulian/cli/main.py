"""The `wulian` command. Sub-commands are imported only when called, so that the pure ones start without Django."""

from __future__ import annotations

import importlib
import sys
from typing import ClassVar

import click

from wulian import __version__
from wulian.kernel.errors import WulianError


class LazyGroup(click.Group):
    """A click group whose sub-commands are imported on first use."""

    commands_by_name: ClassVar[dict[str, str]] = {
        "plan": "wulian.cli.plan:plan",
        "import": "wulian.cli.importing:import_",
        "serve": "wulian.cli.serve:serve",
        "setup": "wulian.cli.setup:setup",
        "demo": "wulian.cli.demo:demo",
        "search-index": "wulian.cli.search_index:search_index",
        "account": "wulian.cli.account:account",
        "registers": "wulian.cli.registers:registers",
        "assess": "wulian.cli.rules:assess",
        "facts": "wulian.cli.rules:facts",
        "rules": "wulian.cli.rules:rules",
        "link": "wulian.cli.link:link",
        "match": "wulian.cli.match:match",
        "remind": "wulian.cli.remind:remind",
        "manage": "wulian.cli.manage:manage",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.commands_by_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = self.commands_by_name.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="wulian")
def cli() -> None:
    """五链：读规划，接台账，每个指标都能打开。 / Reads the plan, links the registers, every figure opens."""


def main() -> None:
    """Entry point: an expected error is one sentence on stderr and exit code 2, never a traceback."""
    try:
        cli(standalone_mode=True)
    except WulianError as error:
        click.echo(error.text(), err=True)
        sys.exit(2)
