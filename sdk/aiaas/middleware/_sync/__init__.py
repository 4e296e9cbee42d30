# Generated from aiaas/middleware/_async/__init__.py by `make sync`; edit that file instead.
"""The synchronous middleware, generated from its asynchronous twin."""
