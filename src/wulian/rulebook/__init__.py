"""The rulebook: code tables and dated parameters as data files, read by a few lines of plain Python."""
