from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from wulian.cli.main import cli
from wulian.engines.linkage.errors import NoFiles


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "a.csv").write_text(
        "记录号,企业名称,统一社会信用代码,历史名称,地区,注册地址\nR1,天津恒源达科技有限公司,,天津旧名字商贸有限公司,南开,南开区黄河道519号\nR2,天津恒通达科技有限公司,,,河西,河西区洞庭路12号\n",
        encoding="utf-8",
    )
    (tmp_path / "b.csv").write_bytes(
        "记录号,申请人,申请人地址\nP1,恒源达科技（天津）有限公司;天津大学,\nP2,旧名字商贸,\n".encode("gb18030")
    )
    (tmp_path / "c.csv").write_text(
        "记录号,企业名称,证照号码,所属区\nS1,天津恒源達料技有限公司,,南开\nS1,没有关系的商店,,\n", encoding="utf-8"
    )
    return ["--registry", str(tmp_path / "a.csv"), "--ip", str(tmp_path / "b.csv"), "--sti", str(tmp_path / "c.csv")]


def test_three_registers(files: list[str], tmp_path: Path) -> None:
    out, reasons = tmp_path / "out" / "clusters.csv", tmp_path / "reasons.jsonl"
    done = CliRunner().invoke(cli, ["link", "run", *files, "--out", str(out), "--explain", str(reasons)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "重复" in done.stderr
    with out.open(encoding="utf-8") as handle:
        rows = list(csv.reader(handle))
    assert rows[0] == ["记录号", "cluster"]
    assert [row[0] for row in rows[1:]] == ["R1", "R2", "P1", "P2", "S1", "S1"]
    whose = [row[1] for row in rows[1:]]
    assert whose[0] == whose[2] == whose[3] == whose[4]
    assert len({whose[0], whose[1], whose[5]}) == 3
    lines = [json.loads(line) for line in reasons.read_text(encoding="utf-8").splitlines()]
    assert sum(line["linked"] for line in lines) == 3
    assert all(line["weight"] == pytest.approx(sum(c["weight"] for c in line["contributions"])) for line in lines)
    assert [path.name for path in out.parent.iterdir()] == ["clusters.csv"]


def test_config(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("files:\n  - {path: a.csv}\n  - {path: b.csv, source: patents}\n", encoding="utf-8")
    out = tmp_path / "clusters.csv"
    done = CliRunner().invoke(cli, ["link", "run", "--config", str(tmp_path / "map.yaml"), "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0
    with out.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["source"] for row in rows} == {"a", "patents"}
    assert list(rows[0]) == ["记录号", "cluster", "source"]


def test_no_files(tmp_path: Path) -> None:
    with pytest.raises(NoFiles):
        CliRunner().invoke(cli, ["link", "run", "--out", str(tmp_path / "x.csv")], catch_exceptions=False, standalone_mode=False)
