"""Personal data in texts: finding it by rules that say why, and writing something in its place."""

from typing import Final

from aiaas_mock.services.text.redaction.matches import Match
from aiaas_mock.services.text.redaction.names import (
    PERSON,
    FoundName,
    NameFinder,
    is_only_title,
    match_of_name,
)
from aiaas_mock.services.text.redaction.recognizers import RECOGNIZERS, RULE_TYPES, find_matches
from aiaas_mock.services.text.redaction.writing import Placed, Writer, redact

METHOD: Final = "redaction-rules@1"
"""What answers call the table of rules."""

__all__ = [
    "METHOD",
    "PERSON",
    "RECOGNIZERS",
    "RULE_TYPES",
    "FoundName",
    "Match",
    "NameFinder",
    "Placed",
    "Writer",
    "find_matches",
    "is_only_title",
    "match_of_name",
    "redact",
]
