"""What governance declares to the catalogues when Django starts."""

from . import identity, linking  # noqa: F401  (imported for what they declare)
