"""`wulian plan`: read a plan into lines of JSON, and score such lines against annotations."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click


@click.group(help="读取规划：指标、任务、疑点。 / Read a plan: indicators, tasks, findings.")
def plan() -> None:
    """Group of the sub-commands on plan documents."""


@plan.command("read", help="把规划文件读成逐行 JSON。 / Read a plan file into JSON lines.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--what", type=click.Choice(["indicators", "tasks", "lint"]), default="indicators", show_default=True, help="读什么 / what to read"
)
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "table"]), default="jsonl", show_default=True, help="输出格式 / output format"
)
def read(file: Path, what: str, form: str) -> None:
    """Print what was read to standard output; warnings go to standard error. Exit code 2 when the file cannot be read."""
    from wulian.engines.planreader import read_document, read_plan

    result = read_plan(read_document(file))
    rows: list[dict[str, Any]]
    if what == "indicators":
        rows = [item.as_dict() for item in result.indicators]
    elif what == "tasks":
        rows = [item.as_dict() for item in result.tasks]
    else:
        rows = [item.as_dict() for item in result.findings]
    out = sys.stdout
    if hasattr(out, "reconfigure"):
        out.reconfigure(encoding="utf-8")
    if form == "jsonl":
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    else:
        _print_table(rows, what)
    for warning in result.warnings:
        click.echo(f"{warning.zh} / {warning.en}", err=True)


_COLUMNS = {
    "indicators": ("name", "value", "comparator", "unit", "year", "kind", "attribute"),
    "tasks": ("level", "id", "title", "lead", "participants", "n_targets"),
    "lint": ("code", "zh", "quotes"),
}


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def _print_table(rows: list[dict[str, Any]], what: str) -> None:
    columns = _COLUMNS[what]

    def text(value: Any) -> str:
        if value is None:
            return ""
        return "、".join(map(str, value)) if isinstance(value, list) else str(value)

    lines = [list(columns), *([text(row[column]).replace("\n", " ") for column in columns] for row in rows)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(columns))]
    for line in lines:
        click.echo("  ".join(cell + " " * (widths[place] - _width(cell)) for place, cell in enumerate(line)).rstrip())


@plan.command("score", help="把读取结果与标注对照打分。 / Score what was read against annotations.")
@click.argument("predicted", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def score_command(predicted: Path, gold: Path) -> None:
    """Print one JSON object of figures (see `wulian.engines.planreader.score` for what each counts)."""
    from wulian.engines.planreader.score import load, score

    click.echo(json.dumps(score(load(predicted), load(gold)), ensure_ascii=False))
