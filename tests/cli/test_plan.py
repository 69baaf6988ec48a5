"""`wulian plan` as a person calls it: lines on standard output, sentences on standard error, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TEXT = "青山区科技创新三年行动计划（2024—2026年）\n一、行动目标\n到2026年，技术合同成交额达到90亿元。\n二、任务\n（一）建平台。新增平台5家。（区科技局、区财政局按职责分工负责）\n"
KEYS = ["name", "value", "comparator", "unit", "year", "kind", "attribute", "raw", "from_table", "span"]


def wulian(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from wulian.cli.main import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def plan_file(folder: Path) -> str:
    path = folder / "plan.txt"
    path.write_text(TEXT, encoding="gb18030")
    return str(path)


def test_read_prints_one_json_object_per_line(tmp_path: Path) -> None:
    done = wulian("plan", "read", plan_file(tmp_path), "--format", "jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(line) for line in lines] == [KEYS, KEYS]
    assert [TEXT[slice(*line["span"])] for line in lines] == ["90亿元", "5家"]


def test_read_tasks_and_findings(tmp_path: Path) -> None:
    tasks = wulian("plan", "read", plan_file(tmp_path), "--what", "tasks")
    (task,) = [json.loads(line) for line in tasks.stdout.splitlines()]
    assert (task["id"], task["title"], task["participants"], task["n_targets"]) == ("（一）", "建平台", ["区科技局", "区财政局"], 1)
    lint = wulian("plan", "read", plan_file(tmp_path), "--what", "lint")
    assert [json.loads(line)["code"] for line in lint.stdout.splitlines()] == ["task_without_lead"]


def test_read_as_a_table_for_people(tmp_path: Path) -> None:
    done = wulian("plan", "read", plan_file(tmp_path), "--format", "table")
    assert done.stdout.splitlines()[0].split() == ["name", "value", "comparator", "unit", "year", "kind", "attribute"]
    assert "技术合同成交额" in done.stdout


def test_score_prints_figures(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text(wulian("plan", "read", plan_file(tmp_path)).stdout, encoding="utf-8")
    done = wulian("plan", "score", str(lines), str(lines))
    assert json.loads(done.stdout)["f1"] == 1


def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    done = wulian("plan", "read", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "empty.txt" in done.stderr


def test_a_plan_without_numbers_is_read_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("某市科技工作要点\n一、总体要求\n坚持创新。\n", encoding="utf-8")
    done = wulian("plan", "read", str(path))
    assert done.returncode == 0
    assert "没有读到带数字的指标" in done.stderr


def test_reading_a_text_plan_needs_neither_django_nor_ocr(tmp_path: Path) -> None:
    code = (
        "import sys; from wulian.cli.main import cli; "
        f"cli(['plan', 'read', {plan_file(tmp_path)!r}], standalone_mode=False); "
        "heavy = {'django', 'rapidocr', 'onnxruntime', 'polars', 'pdfplumber', 'docx', 'numpy'} & set(sys.modules); "
        "sys.exit(' '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
