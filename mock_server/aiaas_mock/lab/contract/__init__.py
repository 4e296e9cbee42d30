"""What can be asked under ``/_mock/``: types, a table of operations, and their document.

It stands beside the public contract and is none of it: no client of the service needs it.
"""
