"""Wulian 五链: runs a region's science-and-technology innovation system the way its plans describe it."""

__version__ = "0.1.0"
