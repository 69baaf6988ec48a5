"""`wulian match`: which achievements answer which demands, and why."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(help="为需求找成果，或为成果找需求，并说明理由。 / Match demands with achievements, either way, with reasons.")
def match() -> None:
    """Group of the sub-commands on matching."""


@match.command("index", help="为一库成果（或需求）建索引。 / Index a library of achievements (or of demands).")
@click.argument("records", type=FILE)
@click.option("--dir", "folder", type=FOLDER, required=True, help="索引目录 / folder of the index")
def index(records: Path, folder: Path) -> None:
    """Build the index anew; the one before stays in use until the new one is whole."""
    from wulian.engines.matching import build
    from wulian.engines.matching.reading import read_documents

    started = time.monotonic()
    size = build(read_documents(records), folder)
    click.echo(f"{size:,} 条已建索引，用时 {time.monotonic() - started:.1f} 秒 / {size:,} records indexed", err=True)


@match.command("add", help="往已有索引里加记录，立即可查。 / Add records to an index; found at once.")
@click.argument("records", type=FILE)
@click.option("--dir", "folder", type=FOLDER, required=True, help="索引目录 / folder of the index")
def add(records: Path, folder: Path) -> None:
    """Add, or replace by id."""
    from wulian.engines.matching import open_index
    from wulian.engines.matching.reading import read_documents

    opened = open_index(folder)
    for document in read_documents(records):
        opened.add(document)
    click.echo(f"现有 {len(opened):,} 条 / now {len(opened):,} records", err=True)


@match.command("query", help="为每条需求排出最合适的成果。 / Rank the achievements for each demand.")
@click.argument("demands", type=FILE)
@click.option("--dir", "folder", type=FOLDER, required=True, help="索引目录 / folder of the index")
@click.option("--top", type=click.IntRange(1, 1000), default=100, show_default=True, help="每条需求列多少 / how many for each demand")
@click.option(
    "--out", type=FILE, required=True, help="结果：demand_id、achievement_id、score，制表符分隔 / result, tab-separated, no header"
)
@click.option("--explain", "reasons", type=FILE, help="另写前 10 条的理由，逐行 JSON / reasons of the first ten of each as JSON lines")
def query(demands: Path, folder: Path, top: int, out: Path, reasons: Path | None) -> None:
    """Rank; the result appears whole or not at all."""
    from wulian.engines.matching import explain, open_index, rank
    from wulian.engines.matching.reading import read_documents

    opened = open_index(folder)
    lines: list[str] = []
    said: list[str] = []
    for demand in read_documents(demands):
        found = rank(opened, demand, top=top)
        if not found:
            click.echo(
                f"{demand.id}：没有与库中共有的文字，未列结果 / {demand.id}: shares no wording with the library, nothing listed", err=True
            )
        # The order is the result; a record that echoes a better one stands after the others, so its score may not pass theirs.
        ceiling = float("inf")
        for one in found:
            ceiling = min(round(one.score, 6), ceiling)
            lines.append(f"{demand.id}\t{one.id}\t{ceiling:.6f}\n")
        for one in found[:10] if reasons else ():
            why = explain(opened, demand, one)
            parts = [{"code": part.code, "zh": part.zh, "en": part.en, "value": part.value} for part in why.contributions]
            line = {"demand": demand.id, "achievement": one.id, "score": one.score, "contributions": parts, "asked": why.asked, "found": why.found, "words": why.words, "alike": one.alike}  # fmt: skip
            said.append(json.dumps(line, ensure_ascii=False) + "\n")
    _write(out, lines)
    if reasons:
        _write(reasons, said)


@match.command("evaluate", help="用已判定的配对给排序打分。 / Score a ranking on judged pairs.")
@click.argument("run", type=FILE)
@click.argument("judged", type=FILE)
def evaluate(run: Path, judged: Path) -> None:
    """nDCG@10, Recall@20, MRR."""
    from wulian.engines.matching import evaluate as measure
    from wulian.engines.matching.reading import read_judged, read_run

    figures = measure(read_run(run), read_judged(judged))
    click.echo(f"demands {figures.queries}  nDCG@10 {figures.ndcg:.4f}  Recall@20 {figures.recall:.4f}  MRR {figures.mrr:.4f}")
    if figures.unusable:
        click.echo(
            f"{figures.unusable} 条需求没有 2 级以上的判定，未计入 / {figures.unusable} demands without a grade of 2 are left out", err=True
        )


def _write(path: Path, lines: list[str]) -> None:
    draft = path.with_name(path.name + ".new")
    draft.write_text("".join(lines), encoding="utf-8")
    draft.replace(path)
