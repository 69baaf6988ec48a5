"""Starts Django on a throw-away home, for benchmarks that need the tables. Import it before anything that has models."""

from __future__ import annotations

import os
import tempfile

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wulian.settings")
os.environ["WULIAN_HOME"] = tempfile.mkdtemp(prefix="wulian-bench-")
os.environ.setdefault("WULIAN_SECRET", "benchmark")
django.setup()


def announce() -> None:
    """Say on which database the figures hold."""
    from django.db import connection

    print(f"database: {connection.vendor} {'.'.join(str(part) for part in connection.get_database_version())}")
