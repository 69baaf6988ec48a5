"""`wulian link`: which records of several registers are the same organisation."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(help="把多本台账按主体归并。 / Link registers into identities of organisations.")
def link() -> None:
    """Group of the sub-commands on linkage."""


@link.command("run", help="归并几个文件，写出每条记录属于哪一家。 / Link files and write whose each record is.")
@click.option("--registry", type=FILE, help="登记库 / the full register (CSV, also gzipped)")
@click.option("--ip", type=FILE, help="知识产权 / intellectual property")
@click.option("--sti", type=FILE, help="科技备案 / filings of science and technology")
@click.option("--config", type=FILE, help="多个文件及列名的 YAML / YAML with any number of files and their columns")
@click.option("--out", type=FILE, required=True, help="结果 CSV：记录号, cluster / result")
@click.option("--explain", type=FILE, help="另写每次归并和存疑的理由，逐行 JSON / reasons of every link and doubt as JSON lines")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="计算引擎 / engine")
def run(
    registry: Path | None, ip: Path | None, sti: Path | None, config: Path | None, out: Path, explain: Path | None, engine: str
) -> None:
    """Read, link, write. The result appears whole or not at all; a run that was cut off continues from its scored pairs."""
    from wulian.engines.linkage.errors import NoFiles
    from wulian.engines.linkage.reading import Register, read_config, read_registers
    from wulian.engines.linkage.running import link_records
    from wulian.engines.linkage.weights import SAME_FROM, UNSURE_FROM
    from wulian.engines.linkage.writing import Resume, write_rows

    given = (("registry", registry), ("ip", ip), ("sti", sti))
    registers = [Register(path, source) for source, path in given if path] + (read_config(config) if config else [])
    if not registers:
        raise NoFiles
    started = time.monotonic()
    read = read_registers(registers)
    for zh, en in read.remarks:
        click.echo(f"{zh} / {en}", err=True)
    resume = Resume(out)
    result = link_records((row.record for row in read.rows), engine=engine, least=UNSURE_FROM if explain else SAME_FROM, resume=resume)
    whose = {key: cluster.id for cluster in result.clusters for key in cluster.keys}
    header = ("记录号", "cluster", "source") if config else ("记录号", "cluster")
    rows = ((row.printed_id, whose[row.record.key], row.record.source)[: len(header)] for row in read.rows)
    if explain:
        _write_reasons(explain, result)
    write_rows(out, header, rows)
    resume.forget()
    click.echo(
        f"{len(read.rows):,} 条记录归为 {len(result.clusters):,} 家，用时 {time.monotonic() - started:.1f} 秒"
        f" / {len(read.rows):,} records, {len(result.clusters):,} identities, {time.monotonic() - started:.1f} s",
        err=True,
    )


def _write_reasons(path: Path, result: object) -> None:
    from wulian.engines.linkage.running import Linkage
    from wulian.engines.linkage.writing import write_atomically

    assert isinstance(result, Linkage)
    linkage = result

    def write(draft: Path) -> None:
        with draft.open("w", encoding="utf-8") as handle:
            for edges in (linkage.joins, linkage.doubts):
                for edge in edges:
                    said = linkage.judgement(edge)
                    line = {
                        "left": edge.left,
                        "right": edge.right,
                        "linked": edges is linkage.joins,
                        "score": round(said.score, 4),
                        "weight": said.weight,
                        "verdict": said.verdict.value,
                        "zh": said.zh,
                        "en": said.en,
                        "contributions": [
                            {"code": c.code, "level": c.level, "zh": c.zh, "en": c.en, "weight": c.weight, "left": c.left, "right": c.right}
                            for c in said.contributions
                        ],
                    }
                    handle.write(json.dumps(line, ensure_ascii=False) + "\n")

    write_atomically(path, write)


@link.command(
    "find", help="这是哪一家：最像的主体和理由，不建立任何东西。 / Who is meant: the best candidates, explained; nothing is created."
)
@click.argument("name")
@click.option("--code", default="", help="信用代码或旧注册号 / credit code or old registration number")
@click.option("--address", default="", help="地址 / address")
@click.option("--district", default="", help="地区 / district")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 50), help="最多几个 / how many at most")
@click.option("--json", "as_json", is_flag=True, help="逐行 JSON / JSON lines")
def find(name: str, code: str, address: str, district: str, limit: int, as_json: bool) -> None:
    """Ask the directory of this installation."""
    from .django_setup import start_django

    start_django()
    from wulian.directory.selectors.linking import find as look_up
    from wulian.foundation.access import system

    found = look_up(viewer=system("wulian", "link find"), name=name, code=code, address=address, district=district, limit=limit)
    if not found and not as_json:
        click.echo("没有相像的主体 / nobody alike")
    for one in found:
        if as_json:
            line = {"id": one.organisation.pk, "name": one.organisation.name, "uscc": one.organisation.uscc, "verdict": one.verdict}
            click.echo(
                json.dumps({**line, "score": round(one.score, 4), "zh": one.judgement.zh, "en": one.judgement.en}, ensure_ascii=False)
            )
        else:
            click.echo(f"{one.organisation.pk:>8}  {one.percent:>3}%  {one.organisation.name}  {one.organisation.uscc}")
            click.echo(f"{'':>16}{one.judgement.zh}\n{'':>16}{one.judgement.en}")


@link.command("quality", help="归并质量：查准、查全、与人的一致、等着判断的。 / Precision, recall, agreement with people, what waits.")
@click.option("--json", "as_json", is_flag=True, help="JSON")
def show_quality(as_json: bool) -> None:
    """Figures on the pairs that people have judged in this installation."""
    from .django_setup import start_django

    start_django()
    from dataclasses import asdict

    from wulian.directory.selectors.quality import quality
    from wulian.foundation.access import system

    found = quality(viewer=system("wulian", "link quality"))
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    for label, share in (
        ("查准率 / precision", found.precision),
        ("查全率 / recall", found.recall),
        ("与模型一致 / agreement", found.agreement),
    ):
        ends = share.interval
        value = f"{share.value:.4f}  [{ends[0]:.4f}, {ends[1]:.4f}]" if share.value is not None and ends else "—"
        click.echo(f"{label:<28}{value}  ({share.hits}/{share.total})")
    click.echo(f"{'待判断 / waiting':<28}{found.states.get('open', 0)}")
    click.echo(f"{'模型归并 / model merges':<26}{found.model_merges}  （撤销 / undone {found.model_undone}）")
    for one in found.thresholds:
        click.echo(f"  ≥ {one.score:.0%}  少问 / fewer {one.merged:>6}   对 / right {one.right:>5}   错 / wrong {one.wrong:>5}")
