from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks._linkage_data import SEEN, UNSEEN, make_firms, make_registers
from benchmarks.linkage import score
from wulian.engines.linkage import Record, compare, decide
from wulian.engines.linkage.duckdb_backend import scored_pairs
from wulian.engines.linkage.errors import BadConfig, CannotRead, NoNameColumn, NoSuchColumn
from wulian.engines.linkage.preparing import prepare
from wulian.engines.linkage.reading import Register, read_config, read_registers
from wulian.engines.linkage.running import link_records
from wulian.engines.linkage.writing import Resume, write_rows

MADE = make_registers(list(make_firms(200, 7)), 7, changes={**SEEN, **UNSEEN})


def test_splink_weighs_a_pair_as_compare_does() -> None:
    records = sorted(MADE.records, key=lambda r: r.key)
    prepared = [prepare(r) for r in records]
    found = scored_pairs(prepared, [False] * len(prepared), -30.0)
    assert len(found) > 200
    for weight, left, right in found:
        assert weight == pytest.approx(compare(records[left], records[right]).weight, abs=1e-6)


def test_a_run_agrees_with_deciding_at_once() -> None:
    assert link_records(MADE.records).clusters == decide(MADE.records)


@settings(max_examples=3, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(dice: object) -> None:
    shuffled = list(MADE.records)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert link_records(shuffled).clusters == link_records(MADE.records).clusters


def test_quality_on_made_registers() -> None:
    made = make_registers(list(make_firms(600, 11)), 11, changes=SEEN, most=1)
    assert score(made, link_records(made.records).clusters)[2] > 0.97


def test_joins_explain_the_clusters() -> None:
    result = link_records(MADE.records, least=-4.0)
    assert len(result.joins) == sum(len(cluster.keys) - 1 for cluster in result.clusters)
    assert all(result.judgement(edge).zh for edge in result.joins[:50])
    assert all(edge.weight >= -4.0 for edge in result.doubts)


def test_ten_thousand_records_of_one_name_are_linked() -> None:
    result = link_records(Record(f"N{number:05}", "s", "天津恒源达科技有限公司") for number in range(10_000))
    assert len(result.clusters) == 1


def test_a_run_that_was_cut_off_continues_from_its_scored_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resume = Resume(tmp_path / "out.csv")
    with monkeypatch.context() as patch:
        patch.setattr("wulian.engines.linkage.running.resolve_with_joins", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            link_records(MADE.records, resume=resume)
    with monkeypatch.context() as patch:
        patch.setattr("wulian.engines.linkage.running._scorer", lambda _: 1 / 0)
        again = link_records(MADE.records, resume=resume)
    assert again.clusters == link_records(MADE.records).clusters
    with monkeypatch.context() as patch:  # other records: nothing of the old run counts
        patch.setattr("wulian.engines.linkage.running._scorer", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            link_records(MADE.records[1:], resume=resume)
    resume.forget()
    assert not list(tmp_path.iterdir())


def test_a_result_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    write_rows(out, ("a",), [("1",)])

    def broken() -> object:
        yield ("2",)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_rows(out, ("a",), broken())  # type: ignore[arg-type]
    assert out.read_text(encoding="utf-8").split() == ["a", "1"]
    assert list(tmp_path.iterdir()) == [out]


class TestReading:
    def put(self, folder: Path, name: str, text: str, encoding: str = "utf-8") -> Register:
        (folder / name).write_bytes(text.encode(encoding))
        return Register(folder / name, name.split(".")[0])

    def test_encodings_and_compression(self, tmp_path: Path) -> None:
        text = "记录号,企业名称,统一社会信用代码\r\n1,天津恒源达科技有限公司,9112\r\n"
        registers = [self.put(tmp_path, f"{code}.csv", text, code) for code in ("utf-8", "utf-8-sig", "gb18030", "utf-16")]
        (tmp_path / "z.csv.gz").write_bytes(gzip.compress(text.encode("gb18030")))
        registers.append(Register(tmp_path / "z.csv.gz", "z"))
        for register in registers:
            row = read_registers([register]).rows[0]
            assert (row.printed_id, row.record.name, row.record.codes) == ("1", "天津恒源达科技有限公司", ("9112",))

    def test_repeated_and_missing_ids_lose_nothing(self, tmp_path: Path) -> None:
        one = self.put(tmp_path, "a.csv", "记录号,企业名称\n1,甲\n1,乙\n,丙\n2,\n")
        other = self.put(tmp_path, "b.csv", "记录号,企业名称\n1,丁\n")
        read = read_registers([one, other])
        assert len({row.record.key for row in read.rows}) == len(read.rows) == 5
        assert [row.printed_id for row in read.rows[:2]] == ["1", "1"]
        assert len(read.remarks) == 4

    def test_what_cannot_be_read_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(CannotRead):
            read_registers([Register(tmp_path / "none.csv", "x")])
        with pytest.raises(CannotRead):
            read_registers([self.put(tmp_path, "empty.csv", "")])
        with pytest.raises(NoNameColumn):
            read_registers([self.put(tmp_path, "odd.csv", "a,b\n1,2\n")])
        (tmp_path / "cut.gz").write_bytes(gzip.compress(b"x" * 5000)[:30])
        with pytest.raises(CannotRead):
            read_registers([Register(tmp_path / "cut.gz", "x")])

    def test_config_names_columns(self, tmp_path: Path) -> None:
        self.put(tmp_path, "odd.csv", "nr;firm;was\n7;天津恒源达科技有限公司;甲厂|乙厂\n")
        config = tmp_path / "map.yaml"
        config.write_text("files:\n  - {path: odd.csv, id: nr, name: firm, former_names: was}\n", encoding="utf-8")
        row = read_registers(read_config(config)).rows[0]
        assert (row.printed_id, row.record.source, row.record.former_names) == ("7", "odd", ("甲厂", "乙厂"))
        config.write_text("files:\n  - {path: odd.csv, name: nothing}\n", encoding="utf-8")
        with pytest.raises(NoSuchColumn):
            read_registers(read_config(config))
        for bad in ("files: []", "- 1", "files:\n  - {path: a.csv, nmae: x}", "files: [1]", "a: [", "files:\n  - {name: x}"):
            config.write_text(bad, encoding="utf-8")
            with pytest.raises(BadConfig):
                read_config(config)
