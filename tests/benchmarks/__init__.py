"""Measurements of symad against its peers: `python -m tests.benchmarks --help`, run from the root of the project."""
