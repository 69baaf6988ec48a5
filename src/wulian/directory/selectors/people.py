"""Reading accounts, persons and memberships."""

from __future__ import annotations

from wulian.foundation.models import User


def demonstration_present() -> bool:
    """True while the demonstration region is loaded (its accounts are marked)."""
    return User.objects.filter(is_demo=True).exists()
