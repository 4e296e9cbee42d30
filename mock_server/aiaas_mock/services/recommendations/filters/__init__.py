"""Filters: conditions on the metadata of items, written as a text.

`grammar` reads a text into `conditions`, which are held against the fields' types and answered
for all items at once; `syntax_errors` and `type_checks` say in words what is wrong.
"""

from aiaas_mock.services.recommendations.filters.filter import Filter, parse_filter

__all__ = ["Filter", "parse_filter"]
