"""Starting Django for the sub-commands that need it."""

from __future__ import annotations

import gc
import os


def start_django() -> None:
    """Load settings and apps once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wulian.settings")
    import django

    gc.disable()  # what is made while starting stays
    django.setup()
    gc.freeze()
    gc.enable()
