"""What was asked: the record of calls, and messages that a newcomer can act on."""

from __future__ import annotations

import contextlib

import pytest

import aiaas
from aiaas.contract.operations import get_operation
from aiaas.testing import FakeCloud, UnexpectedCallError, classification
from aiaas.testing._calls import Arrived, read_call


def test_a_call_is_read_back_into_operation_fields_and_files(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("images.classify").answers()
    client.images.classify(b"a picture", model="clothing", top_k=3)
    client.images.classify_many([b"one", b"two"], min_score=0.5)

    one, many = fake.calls
    assert one.operation == "images.classify"
    assert one.fields == {"model": "clothing", "top_k": 3}
    assert (one.inputs, one.body) == ((b"a picture",), b"a picture")
    assert many.fields == {"min_score": 0.5}
    assert many.inputs == (b"one", b"two")
    assert one.headers["user-agent"].startswith("aiaas")


def test_the_key_is_in_no_record(fake: FakeCloud) -> None:
    fake.on("models.retrieve").answers()
    with fake.client("sk_very_secret") as client:
        client.models.retrieve("m")
    assert fake.calls[0].headers["authorization"] == "***"
    assert "sk_very_secret" not in repr(fake.calls)


def test_the_secret_of_a_form_is_in_no_record() -> None:
    arrived = Arrived(
        method="POST",
        url="http://x/oauth/token",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=b"grant_type=client_credentials&client_id=key_1&client_secret=hush",
    )
    call = read_call(get_operation("oauth.token"), arrived)
    assert call.fields["client_secret"] == "***"
    assert call.fields["client_id"] == "key_1"
    assert "hush" not in repr(call) + str(call.body)


def test_the_file_of_an_upload_is_an_input(fake: FakeCloud) -> None:
    fake.on("files.create").answers()
    body = (
        b'--x\r\nContent-Disposition: form-data; name="request"\r\n\r\n{"purpose": "batch"}\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\na\r\nb\r\n'
        b"--x--\r\n"
    )
    arrived = Arrived(
        method="POST",
        url="http://x/v1/files",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
        body=body,
    )
    fake.receive(arrived, timeout_s=None)
    fake.assert_called("files.create", times=1, purpose="batch", inputs=[b"a\r\nb"])


def test_names_in_a_path_are_fields(fake: FakeCloud) -> None:
    fake.on("models.retrieve").answers()
    with fake.client(base_url="http://host/some/prefix") as client:
        client.models.retrieve("a/b c@1")
    fake.assert_called("models.retrieve", times=1, model="a/b c@1")


def test_a_call_that_was_made_passes(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("images.classify").fails(503, times=1).answers()
    client.images.classify(b"x", model="clothing")
    fake.assert_called("images.classify")
    fake.assert_called("images.classify", times=1, attempts=2, model="clothing")
    fake.assert_called("images.classify", top_k=5)  # the default, which was not sent
    fake.assert_not_called("images.classify", model="other")
    fake.assert_not_called("images.embed")
    assert len(fake.calls_of("images.classify")) == 2


def test_stubs_can_be_for_calls_with_certain_fields(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("images.classify").answers(classification("thing"))
    fake.on("images.classify", model="animals").answers(classification("cat"))
    assert client.images.classify(b"x", model="animals").label == "cat"
    assert client.images.classify(b"x").label == "thing"


def test_of_two_stubs_for_a_call_the_newest_answers(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("models.retrieve").answers(name="of the fixture")
    fake.on("models.retrieve").answers(name="of the test")
    assert client.models.retrieve("m").name == "of the test"


def message_of(error: pytest.ExceptionInfo[AssertionError]) -> list[str]:
    return str(error.value).splitlines()


def test_a_call_with_other_fields_is_shown_with_the_difference(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("images.classify").answers()
    client.images.classify(b"x", model="fashion-cnn")
    client.images.classify(b"x")
    with pytest.raises(AssertionError) as info:
        fake.assert_called("images.classify", model="clothing", top_k=5)
    assert message_of(info) == [
        "images.classify with model='clothing', top_k=5 should have been called at least once; "
        "it never was.",
        "  call 1: model: expected 'clothing', got 'fashion-cnn'",
        "  call 2: model: expected 'clothing', got None",
    ]


def test_too_few_calls_are_all_shown(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("images.classify").answers()
    client.images.classify(b"x", model="clothing")
    with pytest.raises(AssertionError) as info:
        fake.assert_called("images.classify", times=2)
    assert message_of(info) == [
        "images.classify should have been called twice; it was called once.",
        "  call 1: model='clothing', 1 file (1 bytes)",
    ]


def test_an_operation_that_was_never_called_is_told_with_those_that_were(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("models.retrieve").answers()
    with pytest.raises(AssertionError) as info:
        fake.assert_called("images.embed", dimensions=8)
    assert message_of(info)[1] == "  called instead: nothing"
    client.models.retrieve("m")
    with pytest.raises(AssertionError) as info:
        fake.assert_called("images.embed", dimensions=8, times=3)
    assert message_of(info) == [
        "images.embed with dimensions=8 should have been called 3 times; it was never called.",
        "  called instead: models.retrieve",
    ]


def test_a_call_that_should_not_have_been_made_is_shown(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("models.retrieve").answers()
    client.models.retrieve("m")
    with pytest.raises(AssertionError) as info:
        fake.assert_not_called("models.retrieve")
    assert message_of(info) == [
        "models.retrieve should have been called not at all; it was called once.",
        "  call 1: model='m'",
    ]


def test_a_wrong_number_of_attempts_is_told(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("models.retrieve").answers()
    client.models.retrieve("m")
    with pytest.raises(AssertionError) as info:
        fake.assert_called("models.retrieve", attempts=3)
    assert message_of(info) == [
        "Expected 3 requests for models.retrieve, repeated ones included; 1 arrived."
    ]


def test_an_unexpected_call_names_the_operation_and_the_line_to_write(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("models.retrieve").answers()
    with pytest.raises(UnexpectedCallError) as info:
        client.images.classify(b"a picture", model="clothing")
    assert message_of(info) == [
        "images.classify was called, but this test does not say what it answers.",
        "  sent: model='clothing', 1 file (9 bytes)",
        "  scripted: models.retrieve",
        'Write, for instance: aiaas_fake.on("images.classify").answers()',
    ]


def test_a_call_that_no_stub_is_for_names_the_field(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("images.classify", model="clothing").answers()
    with pytest.raises(UnexpectedCallError) as info:
        client.images.classify(b"x", model="fashion-cnn")
    assert message_of(info) == [
        "images.classify was called in a way that this test does not expect.",
        "  sent: model='fashion-cnn', 1 file (1 bytes)",
        "  model: expected 'clothing', got 'fashion-cnn'",
    ]


def test_one_call_more_than_scripted_is_unexpected(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("models.retrieve").answers(times=1)
    client.models.retrieve("m")
    with pytest.raises(UnexpectedCallError) as info:
        client.models.retrieve("n")
    assert message_of(info) == [
        "models.retrieve was called more often than this test expects: it has answers for "
        "1 request (attempts included).",
        "  sent: model='n' (attempt 1)",
        "Leave `times` out of the last step to let it answer all that come.",
    ]


def test_a_stub_without_an_answer_says_so(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("models.retrieve")
    with pytest.raises(UnexpectedCallError, match="its stub has no answer yet"):
        client.models.retrieve("m")


def test_a_call_of_nothing_in_the_contract_is_unexpected(fake: FakeCloud) -> None:
    arrived = Arrived(method="GET", url="http://x/v2/dreams", headers={}, body=b"")
    with pytest.raises(UnexpectedCallError, match="GET http://x/v2/dreams was requested"):
        fake.receive(arrived, timeout_s=None)


def test_a_swallowed_unexpected_call_fails_at_the_end() -> None:
    def careless() -> None:
        with FakeCloud() as fake, contextlib.suppress(AssertionError):
            fake.client().models.retrieve("m")

    with pytest.raises(UnexpectedCallError, match=r"models\.retrieve was called"):
        careless()


def test_an_own_failure_is_not_covered_up_at_the_end() -> None:
    def failing() -> None:
        with FakeCloud() as fake:
            with contextlib.suppress(AssertionError):
                fake.client().models.retrieve("m")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()


def test_an_unknown_operation_is_refused_with_the_nearest(fake: FakeCloud) -> None:
    with pytest.raises(ValueError, match=r"'images\.clasify'\. Did you mean 'images\.classify'"):
        fake.on("images.clasify")
    with pytest.raises(ValueError, match=r"There are: files\.content, "):
        fake.assert_called("dreams.interpret")


def test_an_unknown_field_is_refused_with_those_that_exist(fake: FakeCloud) -> None:
    with pytest.raises(ValueError) as info:  # noqa: PT011 - the whole message is compared
        fake.on("images.classify", modle="clothing")
    assert str(info.value) == (
        "images.classify takes no field 'modle'. Did you mean 'model'? "
        "It takes: model, top_k, min_score, inputs."
    )
    with pytest.raises(ValueError, match="It takes: none"):
        fake.assert_called("system.health", version="1")


def test_a_fake_says_what_it_has(fake: FakeCloud) -> None:
    fake.on("models.retrieve").answers()
    assert repr(fake) == "FakeCloud(1 stubs, 0 calls)"
