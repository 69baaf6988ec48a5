"""The command line: a real process, killed in the middle and started again."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from wulian.directory.models import Organisation, SourceRecord
from wulian.foundation.models import ImportBatch, QuarantinedRow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def environment(tmp_path: Path, tianjin: None) -> dict[str, str]:
    """A process with its own home that works on the test's database, or on a copy of it where the database lives in memory."""
    found = {
        **os.environ,
        "WULIAN_HOME": str(tmp_path / "home"),
        "WULIAN_SECRET": "only-for-tests",
        "DJANGO_SETTINGS_MODULE": "wulian.settings",
    }
    found.pop("DATABASE_URL", None)
    if connection.vendor == "postgresql":
        values: dict[str, Any] = connection.settings_dict
        place = f"{values['HOST'] or 'localhost'}:{values['PORT'] or 5432}"
        found["DATABASE_URL"] = f"postgres://{values['USER']}:{values['PASSWORD']}@{place}/{values['NAME']}"
    return found


def wulian(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    code = "from wulian.cli.main import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def prepare(environment: dict[str, str]) -> None:
    code = (
        "from wulian.cli.django_setup import start_django; start_django()\n"
        "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
        "from wulian.directory.services.regions import load_regions; from wulian.foundation.access import system\n"
        "load_regions(by=system('test'))"
    )
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def register(path: Path, rows: int) -> Path:
    random_ = random.Random(7)
    lines = ["企业名称,统一社会信用代码,注册日期,注册资金,地区,经营范围\n"]
    for i in range(rows):
        day = "没有日期" if i % 500 == 3 else f"20{random_.randrange(10, 25)}-0{random_.randrange(1, 10)}-11"
        lines.append(f"天津{i}号{random_.choice('科技贸易建材')}有限公司,无,{day},{random_.randrange(1, 99)}万元,红桥,{'服务' * 60}\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def rows_of(environment: dict[str, str]) -> tuple[int, ...]:
    """What the process's database holds: organisations, source records, quarantined rows."""
    if connection.vendor == "postgresql":
        return tuple(model.objects.count() for model in (Organisation, SourceRecord, QuarantinedRow))
    tables = ("directory_organisation", "directory_sourcerecord", "foundation_quarantinedrow")
    with closing(sqlite3.connect(Path(environment["WULIAN_HOME"]) / "wulian.sqlite3")) as database:
        return tuple(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables)


def test_a_killed_import_goes_on_and_ends_as_if_nothing_had_happened(environment: dict[str, str], tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        prepare(environment)
    file = register(tmp_path / "register.csv", 8_000)
    process = wulian(environment, "import", "organisations", str(file), "--source", "登记")
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if rows_of(environment)[0] >= 2_000:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = rows_of(environment)[0]
    assert before > 0
    code, out, err = finish(wulian(environment, "import", "organisations", str(file), "--source", "登记"))
    assert code == 0, err
    # Killed after the last row, the second run finds a finished batch and starts another, in which nothing is new.
    organisations, records, quarantined = rows_of(environment)
    assert (organisations, records) == (8_000 - 16, 8_000 - 16)
    assert quarantined in {16, 32}
    assert "已完成" in out
    code, out, _err = finish(wulian(environment, "import", "organisations", str(file), "--source", "登记"))
    assert code == 0
    assert rows_of(environment)[:2] == (organisations, records)
    assert "7,984" in next(line for line in out.splitlines() if "unchanged" in line)


def test_a_wrong_file_is_one_sentence_and_code_2(environment: dict[str, str], tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        prepare(environment)
    file = tmp_path / "empty.csv"
    file.touch()
    code, _out, err = finish(wulian(environment, "import", "organisations", str(file), "--source", "登记"))
    assert code == 2
    assert err.strip() == "“empty.csv”是空文件，没有保存任何内容：请检查后重新上传。"
    file.write_text("企业名称\n甲公司\n", encoding="utf-8")
    code, _out, err = finish(wulian(environment, "import", "nonsense", str(file), "--source", "登记"))
    assert code == 2
    assert "organisations" in err
    assert not ImportBatch.objects.exists()
