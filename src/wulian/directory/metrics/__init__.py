"""Metrics that the directory supplies; importing this package declares them."""

from . import organisations, patents, region_figures, titles, yearly

__all__ = ["organisations", "patents", "region_figures", "titles", "yearly"]
