"""What the directory declares to the catalogues when Django starts: facts, metrics, importers."""
