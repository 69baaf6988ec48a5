from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from wulian.cli.match import match
from wulian.engines.matching import Document, build, evaluate, explain, open_index, rank
from wulian.engines.matching.errors import CannotReadDocuments, IndexMissing, NoDocuments
from wulian.engines.matching.reading import read_documents
from wulian.engines.matching.text import LONGEST, clean, tokens

SUBJECTS = {
    "食品": ["热泵干燥系统的研究", "红枣烘干工艺优化", "果脯热风干燥的品质", "稻谷干燥的能耗"],
    "冶金": ["高炉炼铁炉温的预报", "转炉炼钢终点的控制", "焦炉加热的自适应控制", "连铸坯的表面裂纹"],
    "电气": ["超级电容储能系统的控制", "锂电池荷电状态的估计", "光伏最大功率点的跟踪", "风电机组的变桨控制"],
}
LIBRARY = [
    Document(f"{field}{at}", title, f"针对{title}开展了试验。结果表明{title}的方法有效。", (title[:4],), field)
    for field, titles in SUBJECTS.items()
    for at, title in enumerate(titles)
]
DEMAND = Document("D1", "红枣烘房改造", "希望以热泵代替燃煤烘干红枣，节约能耗。")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(LIBRARY, tmp_path / "index")
    return tmp_path / "index"


def test_what_answers_the_demand_ranks_above_what_does_not(folder: Path) -> None:
    found = rank(open_index(folder), DEMAND)
    assert [one.id[:2] for one in found[:2]] == ["食品", "食品"]
    assert found[0].id == "食品1"


def test_the_other_direction(tmp_path: Path) -> None:
    demands = [DEMAND, Document("D2", "炼钢炉温度控制", "终点命中率低"), Document("D3", "储能电池衰减快", "希望并接电容")]
    build(demands, tmp_path)
    index = open_index(tmp_path)
    assert rank(index, LIBRARY[1])[0].id == "D1"
    assert rank(index, LIBRARY[5])[0].id == "D2"
    assert rank(index, LIBRARY[8])[0].id == "D3"


def test_contributions_sum_to_the_score_and_passages_are_of_both_sides(folder: Path) -> None:
    index = open_index(folder)
    for one in rank(index, DEMAND):
        assert sum(part.value for part in one.contributions) == pytest.approx(one.score, abs=1e-9)
        why = explain(index, DEMAND, one)
        assert why.contributions == one.contributions
        assert why.asked in DEMAND.title + DEMAND.text
        record = index.document(one.position)
        assert why.found in record.title + record.text
    assert "红枣" in explain(index, DEMAND, rank(index, DEMAND)[0]).words


def test_the_same_records_give_the_same_ranking_whatever_the_order_of_the_file(folder: Path, tmp_path: Path) -> None:
    build(LIBRARY, tmp_path / "again")
    assert rank(open_index(tmp_path / "again"), DEMAND) == rank(open_index(folder), DEMAND)
    build(LIBRARY[::-1], tmp_path / "reversed")
    there = {one.id: one.score for one in rank(open_index(tmp_path / "reversed"), DEMAND)}
    assert there == pytest.approx({one.id: one.score for one in rank(open_index(folder), DEMAND)}, abs=0.02)


@pytest.mark.parametrize("text", ["", "   ", "<script>热泵</script>", "!!!", "\x00\x01", "Ελληνικά"])
def test_a_query_without_anything_known_finds_nothing(folder: Path, text: str) -> None:
    assert rank(open_index(folder), Document("D", "", text)) == []


def test_a_record_without_text_is_kept_and_disturbs_nothing(tmp_path: Path) -> None:
    build([*LIBRARY, Document("空"), Document("标题", "只有标题的热泵")], tmp_path)
    index = open_index(tmp_path)
    assert len(index) == len(LIBRARY) + 2
    found = [one.id for one in rank(index, DEMAND)]
    assert "空" not in found
    assert "标题" in found


def test_two_megabytes_are_cut_and_pasted_pages_cleaned(folder: Path) -> None:
    assert len(clean("热泵" * 1_000_000)) == LONGEST
    assert len(clean("<script" * 300_000)) == 0
    assert clean("<p class='a'>红枣</p><script>alert('高炉')</script>&lt;5%") == "红枣 <5%"
    assert clean("P<0.05，a<3") == "P<0.05，a<3"
    assert rank(open_index(folder), Document("D", "热泵", "红枣" * 1_000_000))[0].id == "食品1"
    pasted = Document("D", DEMAND.title, f"<div>{DEMAND.text}</div><style>.高炉{{}}</style>")
    assert rank(open_index(folder), pasted)[0].id == "食品1"


def test_another_language_matches_by_its_words(tmp_path: Path) -> None:
    build([*LIBRARY, Document("E", "Heat pump drying of jujube", "An experiment")], tmp_path)
    assert rank(open_index(tmp_path), Document("D", "heat pump for jujube"))[0].id == "E"


def test_many_of_almost_the_same_wording_do_not_crowd_out_the_others(tmp_path: Path) -> None:
    same = [Document(f"S{at:03}", f"红枣烘房热泵装置{at}型", "本院研制了红枣烘房热泵装置。", (), "食品") for at in range(300)]
    build([*LIBRARY, *same], tmp_path)
    found = rank(open_index(tmp_path), DEMAND, top=10)
    assert sum(one.id.startswith("S") and not one.alike for one in found) < 5
    assert {"食品0", "食品1"} <= {one.id for one in found[:4]}
    echoes = [one for one in rank(open_index(tmp_path), DEMAND, top=200) if one.alike]
    assert all(one.id.startswith("S") and one.alike.startswith("S") for one in echoes)


def test_a_record_added_is_found_at_once_by_every_process_and_replaces_the_one_of_its_id(folder: Path) -> None:
    index, other = open_index(folder), open_index(folder)
    index.add(Document("新", "红枣烘房热泵改造", "以热泵代替燃煤烘干红枣"))
    assert rank(index, DEMAND)[0].id == "新"
    other.refresh()
    assert rank(other, DEMAND) == rank(index, DEMAND) == rank(open_index(folder), DEMAND)
    index.add(Document("食品1", "连铸机的辊缝"))
    assert rank(index, Document("D", "连铸机辊缝"))[0].id == "食品1"
    assert "食品1" not in [one.id for one in rank(index, Document("D", "红枣"))]
    assert len(index) == len(LIBRARY) + 1


def test_an_addition_cut_off_by_a_kill_is_left_out_and_spoils_no_later_one(folder: Path) -> None:
    index = open_index(folder)
    index.add(Document("甲", "红枣一"))
    with (index.folder / "added.jsonl").open("ab") as handle:
        handle.write(b'{"id": "\xe4\xb9')
    again = open_index(folder)
    again.add(Document("丙", "红枣三"))
    assert {"甲", "丙"} <= {one.id for one in rank(open_index(folder), DEMAND)}
    assert len(open_index(folder)) == len(LIBRARY) + 2


@pytest.mark.parametrize("damage", ["manifest.json", "vectors.npy", "codes.npy", "facts.json"])
def test_an_index_half_written_is_built_anew(folder: Path, damage: str) -> None:
    before = rank(open_index(folder), DEMAND)
    path = folder / damage if damage == "manifest.json" else folder / "g1" / damage
    path.write_bytes(path.read_bytes()[:50])
    assert rank(open_index(folder), DEMAND) == before


def test_what_cannot_be_built_anew_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        open_index(tmp_path / "nowhere")
    (folder / "manifest.json").unlink()
    (folder / "g1" / "records.jsonl").rename(folder / "g1" / "records.part")
    with pytest.raises(IndexMissing):
        open_index(folder)


def test_a_build_that_fails_leaves_the_one_before(folder: Path) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield LIBRARY[0]
        raise KeyboardInterrupt

    before = rank(open_index(folder), DEMAND)
    with pytest.raises(KeyboardInterrupt):
        build(broken(), folder)
    assert rank(open_index(folder), DEMAND) == before
    build(LIBRARY[:4], folder)
    assert len(open_index(folder)) == 4
    with pytest.raises(NoDocuments):
        build([], folder)
    assert len(open_index(folder)) == 4


def test_a_large_library_is_ranked_by_its_best_candidates(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [
        Document(f"{one.id}-{at}", f"{one.title}之{chr(0x4E00 + at * 7)}", one.text, one.keywords, one.field)
        for at in range(20)
        for one in LIBRARY
    ]
    build(many, tmp_path / "many")
    index = open_index(tmp_path / "many")
    whole = [one.id for one in rank(index, DEMAND, top=10)]
    for name, value in {"ALL": 100, "BEST": 60, "SAMPLE": 240}.items():
        monkeypatch.setattr(f"wulian.engines.matching.ranking.{name}", value)
    assert [one.id for one in rank(index, DEMAND, top=10)][:3] == whole[:3]


def test_tokens_are_characters_words_and_numbers() -> None:
    assert len(tokens("ＰＬＣ控制1.5倍")) == 5
    assert tokens("高炉，炉温").tolist() == [ord("高"), ord("炉"), 0, ord("炉"), ord("温")]
    assert tokens("PLC").tolist() == tokens("plc").tolist()


def test_figures() -> None:
    judged = {"a": {"x": 3, "y": 1, "z": 0}, "b": {"x": 2}}
    assert evaluate({"a": {"x": 2.0, "y": 1.0}, "b": {"x": 1.0}}, judged) == (
        figures := evaluate({"a": {"x": 2, "y": 1}, "b": {"x": 1}}, judged)
    )
    assert (figures.ndcg, figures.recall, figures.mrr) == (1, 1, 1)
    # A demand without a run counts as nothing found; ties are broken by id; what is not judged counts as 0.
    assert evaluate({"a": {"x": 1, "a": 1}}, judged).mrr == pytest.approx(0.25)
    assert evaluate({}, judged).ndcg == 0
    late = {"b": {f"n{at:02}": 30.0 - at for at in range(20)} | {"x": 0.0}}
    assert (evaluate(late, {"b": {"x": 2}}).recall, evaluate(late, {"b": {"x": 2}}).mrr) == (0, pytest.approx(1 / 21))
    # Where nothing useful was judged there is nothing to find.
    assert evaluate({}, {"c": {"x": 1}}).unusable == 1


def test_the_command_line(tmp_path: Path) -> None:
    library, demands, run, judged = (tmp_path / name for name in ("a.jsonl", "d.jsonl", "run.tsv", "qrels.tsv"))
    library.write_text("".join(json.dumps(one.mapping(), ensure_ascii=False) + "\n" for one in LIBRARY), encoding="utf-8")
    demands.write_text(
        json.dumps({"id": "D1", "title": DEMAND.title, "description": DEMAND.text}) + "\n" + json.dumps({"id": "D0", "title": None}) + "\n",
        encoding="utf-8",
    )
    judged.write_text("demand_id\tachievement_id\tgrade\nD1\t食品1\t3\n", encoding="utf-8")
    cli, place = CliRunner(), ["--dir", str(tmp_path / "index")]
    assert cli.invoke(match, ["index", str(library), *place]).exit_code == 0
    asked = cli.invoke(match, ["query", str(demands), *place, "--top", "5", "--out", str(run), "--explain", str(tmp_path / "why.jsonl")])
    assert asked.exit_code == 0
    assert "D0" in asked.stderr
    rows = [line.split("\t") for line in run.read_text(encoding="utf-8").splitlines()]
    assert [row[0] for row in rows] == ["D1"] * 5
    assert [float(row[2]) for row in rows] == sorted((float(row[2]) for row in rows), reverse=True)
    assert "nDCG@10 1.0000" in cli.invoke(match, ["evaluate", str(run), str(judged)]).output
    assert cli.invoke(match, ["add", str(demands), *place]).exit_code == 0
    shutil.rmtree(tmp_path / "index")


@pytest.mark.parametrize("line", ["{", "[]", '{"title": "无号"}', '{"id": "a\\tb"}', '{"id": "a", "keywords": 3}'])
def test_a_line_that_is_no_record_is_told(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(CannotReadDocuments) as told:
        list(read_documents(path))
    assert told.value.params["line"] == 2
