"""Storage: what outlives a request, kept per namespace, behind the `Store` protocol."""

from aiaas_mock.storage.records import Claimed, StoredAnswer, StoredFile, UsageCount
from aiaas_mock.storage.store import (
    AnswerTable,
    FileTable,
    LostClaim,
    LostUpload,
    NamespaceRows,
    NamespaceTable,
    Store,
    StoreError,
    Transaction,
    UsageTable,
)

__all__ = [
    "AnswerTable",
    "Claimed",
    "FileTable",
    "LostClaim",
    "LostUpload",
    "NamespaceRows",
    "NamespaceTable",
    "Store",
    "StoreError",
    "StoredAnswer",
    "StoredFile",
    "Transaction",
    "UsageCount",
    "UsageTable",
]
