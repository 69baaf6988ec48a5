"""Starting Django for the sub-commands that need it."""

from __future__ import annotations

import os


def start_django() -> None:
    """Load settings and apps once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wulian.settings")
    import django

    django.setup()
