"""The contract: one table of operations, the types that travel, and the codes of all problems.

`operations` is the index of the table; each domain has a module with its types. `openapi` turns
the whole into a document, and `examples` holds a real request and answer of every operation.
"""
