"""`wulian assess` and `wulian facts`: firms in a table against a criterion, and the facts that criteria ask for."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wulian.kernel.errors import N_, WulianError

if TYPE_CHECKING:
    from wulian.engines.rules import Criterion

EXTRA = "\x00extra"  # cells beyond the last column


@click.command(help="按条件评价表里的企业，逐行写出结论、每一条和差距。 / Assess the firms of a table against a criterion.")
@click.argument("criterion_id", metavar="CRITERION")
@click.argument("facts", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", "on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="评价日期 / day of assessment")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="结果文件 / results, one JSON object a line")
@click.option("--explain", is_flag=True, help="附上完整的推导 / with the whole explanation")
@click.option(
    "--procedure", type=click.Choice(["apply", "review"]), default="apply", show_default=True, help="申报或复核 / application or review"
)
@click.option("--gap/--no-gap", "with_gap", default=True, show_default=True, help="是否算差距 / with the gap of each firm")
@click.option("--set", "pairs", multiple=True, metavar="COLUMN=VALUE", help="假设推演：改这一项再评一遍 / what if this were so")
def assess(
    criterion_id: str, facts: Path, on: datetime, out: Path, explain: bool, procedure: str, with_gap: bool, pairs: tuple[str, ...]
) -> None:
    """Exit code 2 when the criterion or the table cannot be used; what is wrong in a cell is named in that firm's line."""
    from wulian.engines.rules.assessing import assess_prepared
    from wulian.engines.rules.gaps import gap_of, what_if
    from wulian.engines.rules.preparing import read_row
    from wulian.engines.rules.reporting import as_line
    from wulian.rulebook.rules import criterion as criterion_in_force
    from wulian.rulebook.rules import criterion_or_none

    criterion = criterion_in_force(criterion_id, on.date(), procedure)
    changed = _changes(criterion, pairs)

    def later(day: date) -> Criterion | None:
        return criterion_or_none(criterion_id, day, procedure)

    wanted = {fact.column: code not in criterion.optional_facts for code, fact in criterion.facts.items()}
    counted: Counter[str] = Counter()
    rows = _rows(facts, wanted)
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8") as handle:
        for row in rows:
            assessment = assess_prepared(criterion, read_row(criterion, row))
            counted[str(assessment.verdict)] += 1
            gap = gap_of(assessment, later) if with_gap else []
            line = as_line((row["id"] or "").strip(), assessment, gap=gap, explain=explain)
            if changed:
                line["what_if"] = what_if(assessment, changed).as_data()
            handle.write(json.dumps(line, ensure_ascii=False) + "\n")
    counts = "，".join(f"{verdict} {number}" for verdict, number in sorted(counted.items()))
    click.echo(f"{criterion.name.zh}（{criterion.document.number}）：{counts}")


class Unreadable(WulianError):
    code = "table_unreadable"
    message = N_("%(file)s 读不成企业表：%(why)s")
    status = 422


def _rows(file: Path, wanted: dict[str, bool]) -> Iterator[dict[str, str]]:
    """The rows of a table. `wanted`: columns and whether each should be there. Says which are absent, unknown or too many."""
    reader = csv.DictReader(io.StringIO(_text(file), newline=""), restkey=EXTRA)
    try:
        columns = [(name or "").strip() for name in reader.fieldnames or []]
        if "id" not in columns:
            raise Unreadable(file=file, why="没有 id 一列，不知道是哪家企业 / no column id")
        if repeated := [name for name, number in Counter(columns).items() if name and number > 1]:
            raise Unreadable(file=file, why=f"列写了两次 / columns twice: {', '.join(repeated)}")
        reader.fieldnames = columns
        if absent := sorted(name for name, required in wanted.items() if required and name not in columns):
            click.echo(f"表里没有这些列，按不详处理 / columns absent, taken for unknown: {', '.join(absent)}", err=True)
        if unknown := [name for name in columns if name and name not in wanted and name != "id"]:
            click.echo(f"不认识这些列，没有用 / columns not used: {', '.join(unknown)}", err=True)
        for row in reader:
            if EXTRA in row:
                line = reader.line_num
                click.echo(
                    f"第 {line} 行的格比列多，多出的没有用 / line {line} has more cells than columns, the rest is not used", err=True
                )
            yield row
    except csv.Error as error:
        raise Unreadable(file=file, why=f"{reader.line_num}: {error}") from error


def _changes(criterion: Criterion, pairs: tuple[str, ...]) -> dict[str, int | None]:
    """`COLUMN=VALUE` as facts by code. Exit code 2 where a column or value cannot be read."""
    from wulian.kernel.problems import BadValue

    by_column = {fact.column: fact for fact in criterion.facts.values()}
    found = {}
    for pair in pairs:
        column, _, value = pair.partition("=")
        if column not in by_column:
            click.echo(f"没有 {column} 这一列 / no such column: {column}", err=True)
            sys.exit(2)
        fact = by_column[column]
        try:
            found[fact.code] = fact.read(value)
        except BadValue as error:
            click.echo(f"{column}：{error.problem.text()}", err=True)
            sys.exit(2)
    return found


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


@click.command(help="列出条件要用的事实：列名、单位、来源。 / The facts that criteria ask for: column, unit, source.")
@click.argument("criterion_id", metavar="[CRITERION]", required=False)
@click.option(
    "--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True, help="输出格式 / output format"
)
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="评价日期，默认今天 / day of assessment, default today")
def facts(criterion_id: str | None, form: str, on: datetime | None) -> None:
    from wulian.engines.rules.reporting import fact_line
    from wulian.rulebook.rules import criterion as criterion_in_force
    from wulian.rulebook.rules import criterion_files, fact_book

    used: dict[str, list[str]] = {}
    for file in criterion_files():
        for code in (*file.part.facts, *file.part.optional_facts):
            if file.id not in used.setdefault(code, []):
                used[code].append(file.id)
    shown = fact_book().facts
    if criterion_id:
        day = on.date() if on else date.today()  # noqa: DTZ011  (the edge: the day where the person sits)
        shown = criterion_in_force(criterion_id, day).facts
    for code, fact in shown.items():
        if form == "jsonl":
            click.echo(json.dumps(fact_line(fact) | {"used_by": used.get(code, [])}, ensure_ascii=False))
        else:
            unit = fact.unit or {"flag": "1/0", "date": "YYYY-MM-DD"}.get(str(fact.kind), "、".join(fact.words))
            click.echo(
                "\t".join((fact.column, str(fact.kind), unit, f"{fact.label.zh} / {fact.label.en}", f"{fact.source.zh} / {fact.source.en}"))
            )


@click.group(help="规则库：列出、检查条件文件和案例文件。 / The rulebook: list, check files of criteria and cases.")
def rules() -> None:
    """Group of the sub-commands on the rulebook."""


@rules.command("list", help="列出每套条件的版本和效力。 / Every version of every criterion.")
def list_() -> None:
    from wulian.rulebook.rules import criterion_files

    for file in criterion_files():
        part, force = file.part, file.part.in_force
        until = force.to or (f"待确认 / unconfirmed from {force.confirmed_to}" if force.confirmed_to else "")
        if force.review_from or force.review_to:
            until = f"{until}，复核 / review {force.review_from or force.from_} – {force.review_to or ''}"
        unknown = sum(bool(condition.unconfirmed) for condition in part.conditions)
        note = f"{unknown} 条待确认 / unconfirmed" if unknown else ""
        click.echo(
            "\t".join((part.id, part.name.zh, part.document.number, f"{force.from_} – {until}", "/".join(part.procedures), note)).rstrip()
        )


@rules.command("check", help="检查条件文件和案例文件，跑案例，指出没有案例守住的数。 / Check files, run cases, name figures no case holds.")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check files (default: the whole rulebook). Exit code 1 when anything is wrong."""
    from wulian.engines.rules.cases import read_cases
    from wulian.engines.rules.loading import RuleFileRefused, read_criterion
    from wulian.rulebook.rules import case_paths, criterion_files, criterion_paths, fact_book

    wrong: list[str] = []
    texts = {path: _text(path) for path in files or (*criterion_paths(), *case_paths())}
    cases = [path for path, text in texts.items() if any(line.startswith("cases:") for line in text.splitlines())]
    versions = {(file.id, file.part.version): file for file in criterion_files()}
    for path in texts:
        if path not in cases:
            try:
                file = read_criterion(texts[path], file=path.name, book=fact_book())
            except RuleFileRefused as error:
                wrong.append(error.text())
            else:
                versions[file.id, file.part.version] = file
                click.echo(
                    f"{path.name}\t{file.part.name.zh}\t{len(file.part.conditions)} 条 conditions\t{len(file.part.parameters)} 个参数 parameters"
                )
    for path in cases:
        try:
            found = read_cases(texts[path], file=path.name, versions=versions)
        except RuleFileRefused as error:
            wrong.append(error.text())
            continue
        for case in found.cases:
            wrong += [f"{path.name}：{case.part.name}：{difference}" for difference in case.differences(found.source.at(case.on))]
        unheld = sorted(set(found.unheld()) - set(found.part.not_held))
        wrong += [f"{path.name}：没有案例守住 / held by no case: {figure}" for figure in unheld]
        click.echo(f"{path.name}\t{len(found.cases)} 个案例 cases")
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        sys.exit(1)
