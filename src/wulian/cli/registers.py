"""`wulian registers`: definitions of registers, checked, listed, compared and adopted."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .django_setup import start_django


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


@registers.command("list", help="列出在用的台账。 / List the registers in force.")
def list_() -> None:
    start_django()
    from wulian.registers.catalogue import adopted_registers

    for adopted in adopted_registers().values():
        definition = adopted.definition
        click.echo(
            f"{definition.chain}\t{definition.id}\t{definition.prefix}\t{definition.name.zh}\tv{adopted.version}\t{' '.join(definition.serves)}"
        )


@registers.command("new", help="打印一份可以照着改的定义。 / Print a definition to start from.")
@click.argument("register_id", metavar="ID")
def new(register_id: str) -> None:
    from wulian.engines.registers import DefinitionRefused, parse_definition, starter_text

    text = starter_text(register_id)
    try:
        parse_definition(text, file=f"{register_id}.yaml", expected_id=register_id)
    except DefinitionRefused as error:  # an id that the grammar does not allow
        click.echo(error.text(), err=True)
        sys.exit(1)
    click.echo(text, nl=False)


@registers.command(
    "diff", help="对比定义文件与在用的定义：对现有条目有什么影响。 / What adopting a file would do to the entries that exist."
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def diff(file: Path) -> None:
    """Exit code 1 when the file could not be adopted."""
    start_django()
    from wulian.registers.services.definitions import plan_adoption

    plan = plan_adoption(text=_text(file), file=file.name)
    if plan.current is None:
        click.echo(f"新台账 / new register：{plan.definition.name.zh}")
    elif plan.same:
        click.echo("与在用的定义相同 / the same as in force")
    for consequence in plan.consequences:
        click.echo(f"{'✗' if consequence.refuses else '·'} {consequence.text()}")
    if plan.blocking:
        sys.exit(1)


@registers.command("add", help="采用定义文件：新台账，或在用台账的新版本。 / Adopt a definition file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add(file: Path) -> None:
    start_django()
    from django.utils import timezone

    from wulian.foundation.access import system
    from wulian.registers.services.definitions import adopt_definition

    adopted = adopt_definition(by=system("wulian registers add"), at=timezone.now(), text=_text(file), file=file.name)
    click.echo(f"已采用 / adopted：{adopted.definition.name.zh}（{adopted.code}）v{adopted.version}")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return file.read_text(encoding="gb18030", errors="replace")
