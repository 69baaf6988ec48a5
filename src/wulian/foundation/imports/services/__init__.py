"""Acts on import batches: start, confirm, run, cancel; repair and dismiss quarantined rows; save mappings."""
