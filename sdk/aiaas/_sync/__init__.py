# Generated from aiaas/_async/__init__.py by `make sync`; edit that file instead.
"""The synchronous client, generated from `aiaas._async`."""
