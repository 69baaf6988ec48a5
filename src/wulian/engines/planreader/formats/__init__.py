"""One module per file format; each returns a `Document`."""
