"""What becomes of a whole answer."""

import json
from typing import Any

import pytest

from aiaas_mock.lab.contract import fault_kinds as kinds
from aiaas_mock.lab.faults.bodies import CHANGES, Whole


def changed(fault: Any, body: bytes) -> Whole:
    headers = ((b"content-type", b"application/json"),)
    return CHANGES[type(fault)](fault, Whole(200, headers, body))


def test_members_get_another_type_whatever_they_have() -> None:
    body = {"list": [1, 2], "object": {"a": 1}, "number": 1, "text": "a", "nothing": None}
    wrong = json.loads(changed(kinds.WrongSchema(), json.dumps(body).encode()).body)
    assert wrong == {
        "list": {"items": 2},
        "object": ["a"],
        "number": [1],
        "text": ["a"],
        "nothing": [None],
    }


@pytest.mark.parametrize("body", [b"no JSON", b"[1, 2]", b""])
def test_what_has_no_members_has_no_schema(body: bytes) -> None:
    assert changed(kinds.WrongSchema(), body).body == body


@pytest.mark.parametrize(
    "fault", [kinds.MalformedJson(), kinds.Truncate(), kinds.EmptyBody()], ids=lambda f: f.kind
)
def test_an_empty_body_stays_empty(fault: Any) -> None:
    assert changed(fault, b"").body == b""
