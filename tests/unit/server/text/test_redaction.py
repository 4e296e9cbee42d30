"""Personal data is found in every way of writing it, and nothing else is."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiaas.contract.text.extraction import RedactionMode
from aiaas_mock.services.text.redaction import (
    RULE_TYPES,
    FoundName,
    Match,
    Writer,
    find_matches,
    is_only_title,
    match_of_name,
    redact,
)
from aiaas_mock.services.text.results import PersonalData

AssertLinear = Callable[[Callable[[str], object], str], None]
PERSONAL_DATA = [
    ("bob.smith+x@example.co.uk", "email"),
    ("o'neill@bücher.de", "email"),
    ("ＣＨＵＮ２１９＠ＳＯＨＵ．ＣＯＭ", "email"),
    ("4111 1111 1111 1111", "credit_card"),
    ("4111-1111-1111-1111", "credit_card"),
    ("4111111111111111", "credit_card"),
    ("4111  1111  1111  1111", "credit_card"),
    ("4111.1111.1111.1111", "credit_card"),
    ("3782 822463 10005", "credit_card"),
    ("6222021234567890128", "credit_card"),
    ("4111\u200b1111\u200b1111\u200b1111", "credit_card"),
    ("DE89 3704 0044 0532 0130 00", "iban"),
    ("gb82west12345698765432", "iban"),
    ("192.168.1.1", "ip_address"),
    ("fe80::1", "ip_address"),
    ("2001:db8::8a2e:370:7334", "ip_address"),
    ("::1", "ip_address"),
    ("::ffff:192.0.2.1", "ip_address"),
    ("64:ff9b::1", "ip_address"),
    ("1:2:3::4", "ip_address"),
    ("11010519491231002X", "cn_id"),
    ("110105 19491231 002x", "cn_id"),
    ("１１０１０５１９４９１２３１００２Ｘ", "cn_id"),
    ("13800138000", "cn_mobile"),
    ("138-0013-8000", "cn_mobile"),
    ("+86 138 0013 8000", "cn_mobile"),
    ("１３８００１３８０００", "cn_mobile"),
    ("138\u200b0013\u200b8000", "cn_mobile"),
    ("+1 650-253-0000", "phone"),
    ("+44 (0)20 7031 3000", "phone"),
    ("0049 30 1234567", "phone"),
    ("(650) 253-0000", "phone"),
    ("650.253.0000", "phone"),
    ("020 7031 3000", "phone"),
    ("01 42 68 53 00", "phone"),
    ("010-12345678", "phone"),
    ("400-820-6666", "phone"),
    ("030/1234567", "phone"),
    ("8 (495) 123-45-67", "phone"),
    ("8-800-555-35-35", "phone"),
]

NOTHING_PERSONAL = [
    "version 1.2.3.4, v10.0.19045.3803 and 1.2.3.4.5",
    "2024-01-15 12:30:45, 01/15/2024 12:30, 15.01.2024, 2024-01-15T12:30:45.123456789Z",
    "20240115123045 and 1700000000 and 1700000000123",
    "order 1234567890, ORD-2024-000123, invoice 00123456789, tracking 1Z999AA10123456784",
    "$1,234,567.89, 1 000 000 000 000 and 3.141592653589793",
    "550e8400-e29b-41d4-a716-446655440000",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709 and 4d5f8a1",
    "ISBN 978-3-16-148410-0, EAN 4006381333931",
    "a::b, std::add, 12:34:56, 10:20:30:40",
    "0.13800138000 and 12.4111111111111111",
    "x[10::20], a[1::2], x[100::20], ratio 1::2 and score 3:2::1",
    "see section 4.1.1.1, Sec. 1.1.1.1, chapter 4.1.1.1, § 4.1.1.1, 第4.1.1.1节",
    "4111 1111 1111 1112",
    "4111.1111.1111.1112, 4111  1111  1111  1112 and 0.4111.1111.1111.1111",
    "Order 0711 123456 shipped, PO 0123 456789, order no. 0711 123456",
    "订单 0711 123456，订单号：0711 123456",
    "DE00 3704 0044 0532 0130 00",
    "110105194912310021 and 11010519491331002X",
    "999.1.1.1 and 1.2.3",
    "a@b, @user, user@, me@localhost",
    "0123-4567 and 555-0199 and (2024) 123-4567",
]


def matches_in(text: str) -> list[Match]:
    return find_matches(text, RULE_TYPES)


def redacted(text: str, mode: RedactionMode = "replace") -> str:
    return redact(text, matches_in(text), Writer(mode))[0]


@pytest.mark.parametrize(("value", "kind"), PERSONAL_DATA)
@pytest.mark.parametrize(
    "around", ["{}", "Use {}, please.", "请联系{}，谢谢。", "({})", "No 12: {}."]
)
def test_personal_data_is_found_whole(value: str, kind: str, around: str) -> None:
    text = around.format(value)
    assert redacted(text) == around.format(f"[{kind.upper()}]")


@pytest.mark.parametrize("text", NOTHING_PERSONAL)
def test_what_only_looks_like_personal_data_stays(text: str) -> None:
    assert redacted(text) == text


def test_a_number_that_follows_another_is_found() -> None:
    text = "order 12 4111 1111 1111 1111 at 020 7031 3000 12 times"
    assert redacted(text) == "order 12 [CREDIT_CARD] at [PHONE] 12 times"
    assert redacted("1234 4111.1111.1111.1111 1234") == "1234 [CREDIT_CARD] 1234"


def test_words_before_a_number_count_only_where_they_are_about_it() -> None:
    assert redacted("To order 0711 123456.") == "To order [PHONE]."
    assert redacted("order 12, call 0711 123456") == "order 12, call [PHONE]"
    assert redacted("after 5 sec 10.0.0.7 failed") == "after 5 sec [IP_ADDRESS] failed"


def test_words_about_telephones_make_one_of_plain_digits() -> None:
    assert redacted("phone: 6502530000, tel 02070313000") == "phone: [PHONE], tel [PHONE]"
    assert redacted("tel 02070313000, order 6502530000") == "tel [PHONE], order 6502530000"


def test_of_overlapping_matches_the_longest_stands_then_the_most_specific() -> None:
    def match(start: int, end: int, kind: str) -> Match:
        return Match(start, end, kind, "rule", "why", 1.0, "value")

    text = "0123456789"
    found = [
        match(0, 4, "phone"),
        match(2, 9, "iban"),
        match(9, 10, "phone"),
        match(9, 10, "email"),
    ]
    _, placed = redact(text, found, Writer("replace"))
    assert [one.replacement for one in placed] == ["[IBAN]", "[EMAIL]"]


def test_every_match_says_why_without_the_value() -> None:
    (card,) = matches_in("pay with 4111 1111 1111 1111")
    assert card.recognizer == "credit-card-luhn"
    assert card.reason == "16 digits that start with a prefix of Visa and pass the Luhn check"
    for value, _ in PERSONAL_DATA:
        for match in matches_in(value):
            assert 0 < match.score <= 1
            assert value not in match.reason
            assert match.value not in repr(match)


def test_only_the_types_and_scores_that_are_wanted_are_looked_for() -> None:
    text = "bob@example.com or 13800138000"
    assert {match.type for match in find_matches(text, ["email"])} == {"email"}
    assert {match.type for match in find_matches(text, RULE_TYPES, 0.9)} == {"email"}


def test_a_mask_is_as_long_as_what_it_hides() -> None:
    assert redacted("a bob@example.com", "mask") == "a ***************"
    assert redacted("138\u200b0013\u200b8000", "mask") == "*" * 13


def test_a_hash_is_equal_for_equal_values_and_keys_only() -> None:
    text = "4111 1111 1111 1111, 4111111111111111, BOB@example.com, bob@example.com"
    first, second, third, fourth = redact(text, matches_in(text), Writer("hash", "k" * 16))[1]
    assert first.replacement == second.replacement
    assert third.replacement == fourth.replacement
    assert len(first.replacement) == len("[CREDIT_CARD:]") + 12
    again = redact(text, matches_in(text), Writer("hash", "k" * 16))[1]
    assert again[0].replacement == first.replacement
    for other in (Writer("hash"), Writer("hash"), Writer("hash", "K" * 16)):
        assert redact(text, matches_in(text), other)[1][0].replacement != first.replacement


def test_a_name_that_a_model_found_is_a_match_like_others() -> None:
    text = "Ask Ann Lee: ann@example.com"
    name = match_of_name(text, FoundName(4, 11, 0.7), "entities@1")
    assert name.recognizer == "entities@1"
    assert redact(text, [*matches_in(text), name], Writer("replace"))[0] == "Ask [PERSON]: [EMAIL]"


@pytest.mark.parametrize("words", ["Dr", "Mr.", "Mrs", "Prof", "Prof. Dr."])
def test_a_title_alone_is_no_name(words: str) -> None:
    assert is_only_title(words)
    assert not is_only_title(f"{words} Lee")
    text = f"Ask {words} or {words} Lee"
    found = PersonalData(0, text, [])
    names = [FoundName(4, 4 + len(words), 0.9), FoundName(8 + len(words), len(text), 0.9)]
    found.add_names(names, "entities@1", 0.0)
    assert [text[one.start : one.end] for one in found.matches] == [f"{words} Lee"]


@settings(deadline=None)  # the first number loads the numbering plans
@given(
    st.lists(
        st.sampled_from([value for value, _ in PERSONAL_DATA])
        | st.text(
            st.sampled_from("aB1 0-.+@:\u200b中。（１") | st.characters(exclude_categories=["Cs"])
        ),
        max_size=8,
    ),
    st.sampled_from(["mask", "replace", "hash"]),
)
def test_the_redacted_text_can_be_rebuilt_from_the_redactions(
    parts: list[str], mode: RedactionMode
) -> None:
    text = " ".join(parts)
    result, placed = redact(text, matches_in(text), Writer(mode))
    rebuilt, read = "", 0
    for one in placed:
        rebuilt += text[read : one.match.start] + one.replacement
        read = one.match.end
        assert 0 <= one.match.start < one.match.end <= len(text)
        assert result[one.start : one.end] == one.replacement
    assert rebuilt + text[read:] == result
    if mode == "mask":
        assert len(result) == len(text)


@pytest.mark.parametrize(
    "unit",
    [
        *[
            "1",
            "1 ",
            "1-",
            "+1 ",
            "12:",
            ":",
            "a:",
            "@",
            "a@a.",
            "1.1.",
            "DE89",
            "(0",
            "0",
            "\u200b1",
            "4111.",
            "4111  ",
            "8 (495) ",
            "order 0711 ",
            "section 1.1.1.1 ",
        ],
        *["+1 1 1 1 1 1 1 1 1 1 1 1 1 1 ", "020 7031 3000 ", "4 4 4 4 4 4 4 4 x", "a" * 64 + "@"],
    ],
)
def test_a_text_of_any_shape_takes_linear_time(assert_linear: AssertLinear, unit: str) -> None:
    assert_linear(redacted, unit)
