"""Imports of tables: reading files of any make, mapping columns to fields, writing in resumable chunks, quarantine."""
