"""`wulian registers`: definitions of registers, checked, listed, compared and adopted."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.group(help="台账定义：检查、列出、新建、对比、采用。 / Register definitions: check, list, new, diff, add.")
def registers() -> None:
    """Group of the sub-commands on register definitions."""


@registers.command("check", help="检查定义文件，指出每一处错误。 / Check definition files; every mistake with its line.")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check files and folders (default: all shipped definitions). Exit code 1 when any is refused."""
    from wulian.engines.registers import DefinitionRefused, definition_files, flaws_together, load_definition, shipped_files

    paths = [found for path in files for found in (definition_files(path) if path.is_dir() else [path])] or shipped_files()
    refused, sound = 0, []
    for path in paths:
        try:
            definition = load_definition(path)
        except DefinitionRefused as error:
            refused += 1
            click.echo(error.text(), err=True)
        else:
            sound.append(definition)
            click.echo(
                f"{path.name}\t{definition.name.zh}\t{len(definition.fields)} 个字段 fields\t{len(definition.counters)} 个计数 counters"
            )
    others = (
        [load_definition(path) for path in shipped_files() if path.stem not in {definition.id for definition in sound}]
        if not refused
        else []
    )
    between = flaws_together([*sound, *others])
    for message in between:
        click.echo(message.text(), err=True)
    if refused or between:
        sys.exit(1)
