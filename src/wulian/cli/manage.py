"""`wulian manage …`: Django's management commands."""

from __future__ import annotations

import click

from .django_setup import start_django


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
@click.pass_context
def manage(context: click.Context) -> None:
    """Django 管理命令。 / Django's management commands."""
    start_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["wulian manage", *context.args])
