"""Faults: rules that say when, and what is made of a request or its answer."""
