def lint(*a): return []
