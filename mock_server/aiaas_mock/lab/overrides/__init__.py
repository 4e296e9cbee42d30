"""Overrides: answers that somebody wants in the place of, or on top of, the real ones."""
