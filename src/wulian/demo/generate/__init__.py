"""The synthetic region, made from a seed number alone: no clock, no database, no network.

`generate(seed=…, until=…)` returns the whole world as plain records. What happened up to a date never depends on `until`:
a later `until` only adds what happened since.
"""

from .model import World
from .world import DEFAULT_SEED, generate

__all__ = ["DEFAULT_SEED", "World", "generate"]
