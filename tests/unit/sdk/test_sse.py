"""Server-sent events decode as the WHATWG standard says, however the bytes are cut."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiaas._core.sse import Event, EventTooLargeError, SseDecoder


def decoded(*chunks: bytes) -> list[Event]:
    decoder = SseDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def reference(stream: bytes) -> list[Event]:
    """The standard's algorithm, word by word, over a whole stream."""
    text = stream.decode("utf-8", "replace")
    if text.startswith("\ufeff"):
        text = text[1:]
    events: list[Event] = []
    data, kind, last_id = "", "", ""
    lines = re.split(r"\r\n|\n|\r", text)[:-1]  # what no line end completes is dropped
    for line in lines:
        if line == "":
            if data != "":
                events.append(Event(type=kind or "message", data=data[:-1], id=last_id))
            data, kind = "", ""
            continue
        if line.startswith(":"):
            continue
        field, value = line.split(":", 1) if ":" in line else (line, "")
        if value.startswith(" "):
            value = value[1:]
        if field == "event":
            kind = value
        elif field == "data":
            data += value + "\n"
        elif field == "id" and "\0" not in value:
            last_id = value
    return events


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=["LF", "CR", "CRLF"])
def test_every_kind_of_line_end_ends_a_line(end: str) -> None:
    stream = end.join(["event: token", "data: a", "data: b", "id: 7", "", ""])
    assert decoded(stream.encode()) == [Event(type="token", data="a\nb", id="7")]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (": only a comment\n\n", []),
        ("retry: 1500\n\n", []),
        ("id: 1\n\n", []),
        ("event: token\n\n", []),
        ("data\n\n", [Event()]),
        ("data:\n\n", [Event()]),
        ("data\ndata\n\n", [Event(data="\n")]),
        ("data:x\n\ndata: x\n\ndata:  x\n\n", [Event(data="x"), Event(data="x"), Event(data=" x")]),
        ("data: a: b\n\n", [Event(data="a: b")]),
        ("unknown: 1\nDATA: no\ndata: yes\n\n", [Event(data="yes")]),
        ("\n\n\ndata: x\n\n\n\n", [Event(data="x")]),
        ("data: cut off\n", []),
        ("data: cut off", []),
        ("\ufeffdata: x\n\n", [Event(data="x")]),
        ("\ufeff\ufeffdata: x\n\n", []),
        ("data: \u2028 and \x85 and \x0b stay\n\n", [Event(data="\u2028 and \x85 and \x0b stay")]),
        ("event: a\ndata: 1\n\ndata: 2\n\n", [Event(type="a", data="1"), Event(data="2")]),
        ("event: a\nevent: b\ndata: 1\n\n", [Event(type="b", data="1")]),
        ("id: 1\ndata: a\n\ndata: b\n\n", [Event(data="a", id="1"), Event(data="b", id="1")]),
        ("id: 1\ndata: a\n\nid\ndata: b\n\n", [Event(data="a", id="1"), Event(data="b")]),
        ("id: 1\nid: 2\0\ndata: a\n\n", [Event(data="a", id="1")]),
    ],
)
def test_a_stream_gives_what_the_standard_says(stream: str, events: list[Event]) -> None:
    assert decoded(stream.encode()) == events
    assert reference(stream.encode()) == events


def test_an_id_without_an_event_is_remembered() -> None:
    decoder = SseDecoder()
    assert decoder.feed(b"id: 41\n\nid: 42\n\n") == []
    assert decoder.last_id == "42"


@pytest.mark.parametrize(
    ("value", "retry_ms"),
    [
        ("1500", 1500),
        ("0", 0),
        ("1.5", None),
        ("-1", None),
        ("", None),
        ("٣", None),
        ("9" * 99, None),
    ],
)
def test_retry_is_kept_when_it_is_digits_alone(value: str, retry_ms: int | None) -> None:
    decoder = SseDecoder()
    assert decoder.feed(f"retry: {value}\n\n".encode()) == []
    assert decoder.retry_ms == retry_ms


def test_a_character_may_be_split_between_chunks() -> None:
    stream = "data: \N{SNOWMAN}\N{GRINNING FACE}\n\n".encode()
    assert decoded(*(bytes([byte]) for byte in stream)) == [Event(data="\u2603\U0001f600")]


def test_a_byte_order_mark_may_be_split_between_chunks() -> None:
    assert decoded(b"\xef", b"\xbb", b"\xbfdata: x\n\n") == [Event(data="x")]


def test_an_event_does_not_wait_for_the_line_feed_of_its_last_crlf() -> None:
    decoder = SseDecoder()
    assert decoder.feed(b"data: 1\r\n\r") == [Event(data="1")]
    assert decoder.feed(b"") == []
    assert decoder.feed(b"\ndata: 2\r\n\r\n") == [Event(data="2")]


def test_bytes_that_are_no_utf8_become_replacement_characters() -> None:
    assert decoded(b"data: \xff\n\n") == [Event(data="\ufffd")]


def test_a_stream_without_line_ends_does_not_fill_the_memory() -> None:
    decoder = SseDecoder(max_event_chars=100)
    decoder.feed(b"data: much" * 10)
    with pytest.raises(EventTooLargeError, match="longer than 100 characters"):
        decoder.feed(b"!")


def test_an_event_of_endless_lines_does_not_fill_the_memory() -> None:
    decoder = SseDecoder(max_event_chars=100)
    decoder.feed(b"data: much\n" * 20)
    with pytest.raises(EventTooLargeError):
        decoder.feed(b"data\n")


def test_many_events_and_comments_are_not_too_large_together() -> None:
    decoder = SseDecoder(max_event_chars=100)
    stream = (b": a comment that is rather long\n" * 9 + b"data: x\n\n") * 100
    assert len(decoder.feed(stream)) == 100


TEXT = st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=8)
LINE = st.one_of(
    TEXT,
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["event", "data", "id", "retry", "", "other"]),
        st.sampled_from(["", ":", ": "]),
        TEXT,
    ),
    st.just(""),
)
STREAM = st.lists(st.tuples(LINE, st.sampled_from(["\n", "\r", "\r\n"])), max_size=12).map(
    lambda lines: "".join(line + end for line, end in lines).encode()
)
PLACES = st.lists(st.integers(min_value=0, max_value=10_000), max_size=12)


@settings(deadline=None)
@given(bom=st.sampled_from([b"", b"\xef\xbb\xbf"]), stream=STREAM, places=PLACES)
def test_any_chunking_of_any_events_decodes_to_what_the_standard_says(
    bom: bytes, stream: bytes, places: list[int]
) -> None:
    assert decoded(*cut(bom + stream, places)) == reference(bom + stream)


@settings(deadline=None)
@given(
    stream=st.lists(
        st.sampled_from([b"data", b":", b" ", b"\r", b"\n", b"\xe2\x98", b"\x83", b"\xff"])
    ).map(b"".join),
    places=PLACES,
)
def test_any_chunking_of_any_bytes_decodes_to_what_the_standard_says(
    stream: bytes, places: list[int]
) -> None:
    assert decoded(*cut(stream, places)) == reference(stream)


@settings(deadline=None)
@given(
    events=st.lists(
        st.builds(
            Event,
            type=TEXT.filter(bool),
            data=st.lists(TEXT, min_size=1, max_size=3).map("\n".join),
            id=TEXT.filter(lambda text: "\0" not in text),
        ),
        max_size=6,
    ),
    end=st.sampled_from(["\n", "\r", "\r\n"]),
    places=PLACES,
)
def test_what_is_written_as_events_is_read_back(
    events: list[Event], end: str, places: list[int]
) -> None:
    lines = [
        line
        for event in events
        for line in (
            f"event: {event.type}",
            f"id: {event.id}",
            *(f"data: {part}" for part in event.data.split("\n")),
            "",
        )
    ]
    stream = "".join(line + end for line in lines).encode()
    assert decoded(*cut(stream, places)) == events
