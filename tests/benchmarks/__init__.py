"""Benchmarks: ratios taken side by side in one run; see ``python -m tests.benchmarks --help``."""
