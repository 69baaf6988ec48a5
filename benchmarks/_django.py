"""Starts Django on a throw-away home, for benchmarks that need the tables. Import it before anything that has models."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wulian.settings")
home = tempfile.mkdtemp(prefix="wulian-bench-")
atexit.register(shutil.rmtree, home, ignore_errors=True)  # a million organisations are gigabytes
os.environ["WULIAN_HOME"] = home
os.environ.setdefault("WULIAN_SECRET", "benchmark")
django.setup()


def announce() -> None:
    """Say on which database the figures hold."""
    from django.db import connection

    print(f"database: {connection.vendor} {'.'.join(str(part) for part in connection.get_database_version())}")
