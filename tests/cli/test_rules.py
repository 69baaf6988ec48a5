"""`wulian assess` and `wulian facts` from the outside: a table in, a line of JSON a firm out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from wulian.cli.main import cli

TECH_SME = {
    "id": "1", "employees": "100", "st_staff": "30", "revenue_yuan": "10000000", "rd_expense_yuan": "600000", "cost_expense_yuan": "10000000",
    "total_assets_yuan": "10000000", "ip_class1": "1", "ip_class2": "0", "is_resident": "1", "excluded_industry": "0", "bad_record": "0",
    "hnte_valid": "0", "national_award": "0", "provincial_rd_body": "0", "led_standard": "0",
}  # fmt: skip


def run(
    folder: Path, rows: list[dict[str, str]], *more: str, criterion: str = "tech-sme", encoding: str = "utf-8"
) -> tuple[Result, list[Any]]:
    table, out = folder / "facts.csv", folder / "results.jsonl"
    columns = list(rows[0])
    text = "\n".join([",".join(columns), *(",".join(row.get(column, "") for column in columns) for row in rows)])
    table.write_text(text + "\n", encoding=encoding)
    result = CliRunner().invoke(cli, ["assess", criterion, str(table), "--on", "2026-07-01", "--out", str(out), *more])
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] if out.exists() else []
    return result, lines


def test_a_table_becomes_a_line_a_firm(tmp_path: Path) -> None:
    rows = [TECH_SME, TECH_SME | {"id": "2", "rd_expense_yuan": "100"}, TECH_SME | {"id": "3", "employees": ""}]
    result, lines = run(tmp_path, rows)
    assert result.exit_code == 0, result.output
    assert [(line["id"], line["verdict"]) for line in lines] == [("1", "met"), ("2", "not_met"), ("3", "unknown")]
    assert (lines[0]["score_min"], lines[0]["score_max"]) == (100, 100)
    limit = next(condition for condition in lines[0]["conditions"] if condition["id"] == "staff_limit")
    assert (limit["verdict"], limit["value"], limit["threshold"]) == ("met", 100, 500)
    assert limit["article"] == "国科发政〔2017〕115号 第六条（二）"
    assert lines[2]["missing"] == ["employees"]


def test_bad_cells_are_named_kept_and_unknown(tmp_path: Path) -> None:
    bad = {
        "negative": {"st_staff": "-3"},
        "not_number": {"revenue_yuan": "约一千万"},
        "rd_above_revenue": {"rd_expense_yuan": "10000000.01"},
        "st_staff_above_staff": {"st_staff": "101"},
        "not_flag": {"is_resident": "也许"},
        "not_whole": {"ip_class1": "1.5", "rd_expense_yuan": "200000"},
    }
    rows = [TECH_SME | {"id": code} | change for code, change in bad.items()]
    result, lines = run(tmp_path, rows)
    assert result.exit_code == 0, result.output
    for line in lines:
        assert [problem["code"] for problem in line["problems"]] == [line["id"]]
        assert line["verdict"] == "unknown"
        assert line["problems"][0]["field"] in line["missing"]
    assert "约一千万" in lines[1]["problems"][0]["zh"]


def test_dates_and_years_that_cannot_be_are_named(tmp_path: Path) -> None:
    firm = {"id": "1", "registered_on": "2025-03-01", "rd_y1_yuan": "5", "rd_y2_yuan": "", "rd_y3_yuan": "7", "net_assets_y1_yuan": "-4"}
    later = firm | {"id": "2", "registered_on": "2026-07-02"}
    result, lines = run(tmp_path, [firm, later], criterion="hnte")
    assert result.exit_code == 0, result.output
    codes = [sorted(problem["code"] for problem in line["problems"]) for line in lines]
    assert codes == [["before_founding", "before_founding", "year_missing"], ["registered_later", "year_missing"]]


def test_a_table_in_gb18030_with_columns_too_few_and_too_many(tmp_path: Path) -> None:
    result, lines = run(tmp_path, [{"id": "甲", "employees": "501", "备注": "好"}], encoding="gb18030")
    assert lines[0]["id"] == "甲"
    assert lines[0]["verdict"] == "not_met"
    assert "st_staff" in result.output
    assert "备注" in result.output


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    result, _ = run(tmp_path, [{"name": "x"}])
    assert "id" in str(result.exception)
    (tmp_path / "twice.csv").write_text("id,employees,employees\n1,2,3\n", encoding="utf-8")
    result = CliRunner().invoke(
        cli, ["assess", "tech-sme", str(tmp_path / "twice.csv"), "--on", "2026-07-01", "--out", str(tmp_path / "o")]
    )
    assert "employees" in str(result.exception)
    result, _ = run(tmp_path, [TECH_SME], criterion="nobel")
    assert "tech-sme" in str(result.exception)
    table = tmp_path / "facts.csv"
    result = CliRunner().invoke(cli, ["assess", "tech-sme", str(table), "--on", "2016-07-01", "--out", str(tmp_path / "o")])
    assert "2017-05-03" in str(result.exception)


def test_what_if_a_fact_were_different(tmp_path: Path) -> None:
    _, lines = run(tmp_path, [TECH_SME], "--set", "rd_expense_yuan=0", "--set", "ip_class1=0", "--no-gap")
    assert lines[0]["what_if"]["verdict"] == ["met", "not_met"]
    assert lines[0]["gap"] == []
    result, _ = run(tmp_path, [TECH_SME], "--set", "rd=0")
    assert result.exit_code == 2


def test_the_explanation_goes_down_to_the_facts(tmp_path: Path) -> None:
    _, lines = run(tmp_path, [TECH_SME], "--explain")
    explained = lines[0]["explain"]
    assert explained["parameters"]["staff_max"] == {
        "value": "500 人", "article": "国科发政〔2017〕115号 第六条（二）", "from": "2017-05-03", "to": None, "checked_on": "2026-11-22",
    }  # fmt: skip
    assert explained["conditions"]["staff_limit"]["facts"] == {"employees": 100_000_000}
    assert [item["points"] for item in explained["score"]["items"]] == [[20, 20], [50, 50], [30, 30]]


def test_facts_are_listed_with_unit_and_source() -> None:
    result = CliRunner().invoke(cli, ["facts", "tech-sme", "--format", "jsonl", "--on", "2026-07-01"])
    rows = {row["column"]: row for row in map(json.loads, result.output.splitlines())}
    assert set(TECH_SME) - {"id"} <= set(rows)
    assert rows["rd_expense_yuan"]["unit"] == "元"
    assert all(row["source"]["zh"] and row["source"]["en"] for row in rows.values())
    assert "registered_on" in CliRunner().invoke(cli, ["facts"]).output


def test_the_rulebook_is_listed_and_checked(tmp_path: Path) -> None:
    listed = CliRunner().invoke(cli, ["rules", "list"]).output.splitlines()
    assert any(line.startswith("little-giant\t") and "2026-04-01" in line for line in listed)
    assert any(line.startswith("gazelle\t") and "unconfirmed" in line for line in listed)
    checked = CliRunner().invoke(cli, ["rules", "check"])
    assert checked.exit_code == 0, checked.output


def test_a_mistaken_file_of_cases_is_told(tmp_path: Path) -> None:
    text = 'criterion: champion\nversion: "138"\non: 2026-07-01\nbase: {years_in_segment: 10}\ncases:\n  - {name: 好, verdict: met}\n'
    wrong = {"met": "2026", "missing": 'version: "1"', "verdict": "verdict: unknown, missing: [bad_record]"}
    for name, change in wrong.items():
        path = tmp_path / f"{name}.yaml"
        path.write_text(
            text.replace("verdict: met", change)
            if name == "verdict"
            else text.replace('version: "138"', change)
            if name == "missing"
            else text,
            encoding="utf-8",
        )
        result = CliRunner().invoke(cli, ["rules", "check", str(path)])
        assert result.exit_code == 1, name
        assert f"{name}.yaml" in result.output
