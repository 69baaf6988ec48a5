"""Plan reading: F1 and time per document, beside a baseline that takes every number with a unit.

    python -m benchmarks.plan_reading

The annotated plans are read from ../shared when it stands beside the checkout; without it the invented plans of the tests
are timed. Time is that of a whole `wulian plan read` process, and of reading alone inside one process.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from wulian.engines.planreader import read_document, read_plan
from wulian.engines.planreader.score import load, score_indicators, score_tasks

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
PLANS = ROOT / "tests" / "engines" / "planreader" / "plans"
NUMBER = re.compile(
    r"([\u4e00-\u9fff“”A-Za-z]{2,20}?)(?:达到|突破|超过|为)?\s*(\d+(?:\.\d+)?)\s*(万亿元|亿元|万元|万家|万平方米|个百分点|%|家|件|项|名|个|场|所|人)"
)


def baseline(text: str, end: int | None) -> list[dict[str, Any]]:
    """Every number with a unit, named by the characters before it, in the plan's last year."""
    return [
        {"name": name, "value": float(value), "unit": unit, "year": end, "kind": "target", "comparator": "="}
        for name, value, unit in NUMBER.findall(text)
    ]


def process_seconds(path: Path) -> float:
    command = [sys.executable, "-c", "from wulian.cli.main import main; main()", "plan", "read", str(path)]
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    paths = sorted((SHARED / "seeds").glob("*.txt")) or sorted(PLANS.glob("*.txt"))
    print(
        f"{'document':30} {'chars':>7} {'lines':>6} {'F1':>6} {'strict':>7} {'regex F1':>9} {'tasks F1':>9} {'units':>6} {'read s':>7} {'process s':>10}"
    )
    for path in paths:
        start = time.perf_counter()
        document = read_document(path)
        plan = read_plan(document)
        seconds = time.perf_counter() - start
        gold = SHARED / "gold" / f"{path.stem}.indicators.jsonl"
        figures = ["-"] * 5
        if gold.exists():
            lines = load(gold)
            mine = score_indicators([item.as_dict() for item in plan.indicators], lines)
            plain = score_indicators(baseline(document.text, plan.period[1] if plan.period else None), lines)
            tasks = score_tasks([item.as_dict() for item in plan.tasks], load(gold.with_name(f"{path.stem}.tasks.jsonl")))
            figures = [f"{value:.3f}" for value in (mine["f1"], mine["f1_strict"], plain["f1"], tasks["f1"], tasks["units_right"])]
        print(
            f"{path.stem:30} {len(document.text):7} {len(plan.indicators):6} {figures[0]:>6} {figures[1]:>7} {figures[2]:>9} "
            f"{figures[3]:>9} {figures[4]:>6} {seconds:7.2f} {process_seconds(path):10.2f}"
        )


if __name__ == "__main__":
    main()
