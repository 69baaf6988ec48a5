"""What the directory can import: organisations, yearly facts, titles, intellectual property."""
