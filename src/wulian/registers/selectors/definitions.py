"""Reading adopted definitions."""

from __future__ import annotations

from ..catalogue import Adopted
from ..models import RegisterVersion


def definition_text(adopted: Adopted) -> str:
    """The text of the definition in force."""
    return RegisterVersion.objects.values_list("text", flat=True).get(register=adopted.id, number=adopted.version)
