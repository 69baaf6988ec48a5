"""Benchmarks: one file per promise, each printing our figure beside a peer or a plain baseline. `make bench` runs all."""
