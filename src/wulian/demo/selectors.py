"""Reading what there is of the demonstration."""

from __future__ import annotations

from wulian.chains.governance.models import Plan
from wulian.directory.models import Organisation


def demo_is_loaded() -> bool:
    """True when the last step of loading has been done: loading is one transaction, so any of its rows will do."""
    return Plan.objects.filter(is_synthetic=True).exists() and Organisation.objects.filter(is_synthetic=True).exists()
