"""Reading import batches, their quarantine and saved mappings."""
