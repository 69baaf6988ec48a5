"""What governance declares to the catalogues when Django starts."""

from . import linking  # noqa: F401  (imported for what it declares)
