"""What governance declares to the catalogues when Django starts."""
