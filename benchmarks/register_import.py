"""Importing registers: time and memory of a whole `wulian import` process, search index included.

First a register of organisations, then a list of IP rights whose holders are named by the names of that register.

The real register is read from ../shared when it stands beside the checkout; without it one of the same size is generated.
Beside it stands a plain load: csv.reader and executemany into one table of texts, without codes checked, capital and
district read, records kept, quarantine, checkpoint or search. Every run is a process of its own on a new SQLite database
(or the one of DATABASE_URL), as `/usr/bin/time -v` would measure it.

    python -m benchmarks.register_import [IP RIGHTS]        default: 100000
"""

from __future__ import annotations

import csv
import gzip
import itertools
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "data" / "register" / "tianjin.csv.gz"
WULIAN = [sys.executable, "-c", "from wulian.cli.main import main; main()"]
PREPARE = """
from wulian.cli.django_setup import start_django; start_django()
from django.core.management import call_command; call_command("migrate", verbosity=0)
from wulian.directory.services.regions import load_regions; from wulian.foundation.access import system
load_regions(by=system("benchmark"))
"""


def generated(path: Path, rows: int = 69_549) -> Path:
    """A register of the real one's size, without credit codes (those are checked quickly beside the rest)."""
    random_ = random.Random(1)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(["企业名称", "统一社会信用代码", "注册日期", "企业类型", "注册资金", "经营范围", "地区", "注册地址"])
        for i in range(rows):
            district = random_.choice(["南开", "红桥", "河西", "滨海", "和平"])
            name = f"天津{''.join(random_.choices('中华天海泰达新兴金宏盛瑞', k=3))}{i}有限公司"
            scope = "".join(random_.choices("技术开发咨询服务转让货物进出口批发零售兼", k=80))
            out.writerow([name, "无", f"20{i % 20:02}-01-02", "N/A", f"{i % 999}(万元人民币)", scope, district, f"天津市{district}区{i}号"])
    return path


def rights_of(register: Path, path: Path, rows: int) -> Path:
    """A list of IP rights: every eighth organisation of the register holds some, every eighth right has two holders."""
    random_ = random.Random(2)
    with gzip.open(register, "rt", encoding="utf-8", newline="") as handle:
        lines = csv.reader(handle)
        place = next(lines).index("企业名称")
        names = [line[place] for line in itertools.islice(lines, 0, None, 8) if len(line) > place]
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(["专利号", "专利类型", "专利名称", "申请日", "授权日", "失效日", "专利权人"])
        for i in range(rows):
            year, kind = 2008 + i % 18, random_.choice(("发明专利", "实用新型"))
            lapsed = f"{year + 5}-03-04" if i % 4 == 0 else ""
            holders = "；".join(random_.sample(names, 2 if i % 8 == 0 else 1))
            title = f"一种{''.join(random_.choices('高效节能智能自动检测控制装置', k=8))}{i}"
            out.writerow([f"ZL{i:012}", kind, title, f"{year - 2}-01-02", f"{year}-03-04", lapsed, holders])
    return path


def plain(file: Path, database: Path) -> float:
    started = time.perf_counter()
    opened = gzip.open if file.suffix == ".gz" else open
    database.unlink(missing_ok=True)
    with opened(file, "rt", encoding="utf-8", newline="") as handle, sqlite3.connect(database) as connection:
        rows = csv.reader(handle)
        width = len(next(rows))
        connection.execute(f"CREATE TABLE t ({', '.join(f'c{i} TEXT' for i in range(width))})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * width)})", (row for row in rows if len(row) == width))
    return time.perf_counter() - started


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float, int, str]:
    """Wall seconds, CPU seconds and peak resident MB of a process, and what it printed."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    out = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command[3:])} ended with {status}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, out


def count(out: str, label: str) -> str:
    return next((line.split()[-1] for line in out.splitlines() if label in line), "-")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="wulian-bench-") as folder:
        home = Path(folder)
        file = REAL if REAL.exists() else generated(home / "register.csv.gz")
        environment = {
            **os.environ,
            "WULIAN_HOME": str(home / "home"),
            "WULIAN_SECRET": "benchmark",
            "DJANGO_SETTINGS_MODULE": "wulian.settings",
        }
        subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True)
        rights = rights_of(file, home / "rights.csv", int(sys.argv[1]) if sys.argv[1:] else 100_000)
        print(
            f"{file.name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {'PostgreSQL' if os.environ.get('DATABASE_URL') else 'SQLite'}"
        )
        print(f"{'run':<46}{'rows':>9}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}  created / unchanged / flagged / quarantined")
        for kind, table, source in (("organisations", file, "登记"), ("ip", rights, "知识产权")):
            baseline = plain(table, home / "plain.sqlite3")
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{f'{kind}: plain load, nothing checked':<46}{'':>9}{baseline:>9.1f}{'':>9}{peak:>9}")
            command = [*WULIAN, "import", kind, str(table), "--source", source]
            for label in ("wulian import, first", "wulian import, the same again"):
                wall, cpu, peak, out = measured(command, environment)
                counts = " / ".join(count(out, word) for word in ("created", "unchanged", "flagged", "quarantined"))
                print(f"{f'{kind}: {label}':<46}{count(out, 'rows'):>9}{wall:>9.1f}{cpu:>9.1f}{peak:>9}  {counts}", flush=True)


if __name__ == "__main__":
    main()
