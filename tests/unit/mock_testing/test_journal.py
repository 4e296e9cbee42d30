"""The journal and the overrides of a namespace, and what a report says of them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from aiaas import Client, NotFoundError
from aiaas_mock.testing import MockCloud, MockControlError, MockNamespace
from aiaas_mock.testing.report import failure_of, journal_of


@pytest.fixture(scope="module")
def cloud() -> Iterator[MockCloud]:
    """A cloud for all of them."""
    with MockCloud() as cloud:
        yield cloud


def test_the_journal_is_read_over_all_pages(space: MockNamespace, client: Client) -> None:
    for _ in range(60):  # more than a page
        client.models.retrieve("clothing")
    client.usage.retrieve()
    entries = space.requests.list(operation="models.retrieve")
    assert [entry["number"] for entry in entries] == list(range(1, 61))
    assert len(space.requests.list()) == 61
    space.requests.clear()
    assert space.requests.list() == []


def test_what_was_asked_is_verified(space: MockNamespace, client: Client) -> None:
    client.models.retrieve("clothing")
    client.usage.retrieve()
    space.requests.verify({"operation": "models.retrieve"}, at_least=1, at_most=2)
    space.requests.verify({"status": 503}, times=0)
    space.requests.verify(
        sequence=[{"operation": "models.retrieve"}, {"operation": "usage.retrieve"}]
    )


def test_what_was_not_asked_fails_with_the_nearest_difference(
    space: MockNamespace, client: Client
) -> None:
    client.models.retrieve("clothing")
    with pytest.raises(AssertionError, match="status: expected 201, got 200") as caught:
        space.requests.verify({"operation": "models.retrieve", "status": 201})
    assert len(str(caught.value).splitlines()) <= 10


def test_a_question_that_makes_no_sense_is_an_error(space: MockNamespace) -> None:
    with pytest.raises(MockControlError, match="/match/x") as caught:
        space.requests.verify({"x": 1})
    assert caught.value.code == "invalid_request"


def test_overrides_answer_and_are_forgotten(space: MockNamespace, client: Client) -> None:
    made = space.overrides.add("models.retrieve", merge={"summary": "changed"}, times=1)
    assert client.models.retrieve("clothing").summary == "changed"
    assert client.models.retrieve("clothing").summary != "changed"
    assert [one["id"] for one in space.overrides.list()] == [made]
    space.overrides.clear()
    assert space.overrides.list() == []
    with pytest.raises(MockControlError):
        space.overrides.add("models.retrieve", {"name": 1})


def test_the_report_shows_what_came(space: MockNamespace, client: Client) -> None:
    space.overrides.add("models.retrieve", merge={"summary": "changed"})
    client.models.retrieve("clothing")
    space.faults.add("status", operation="usage.retrieve", status=503)
    with pytest.raises(NotFoundError):
        client.models.retrieve("nobody")
    with space.client(retries=0) as impatient, pytest.raises(Exception, match="503"):
        impatient.usage.retrieve()
    first, second, third = journal_of(space).splitlines()
    assert "models.retrieve  200  override: " in first
    assert "models.retrieve  404" in second
    assert "usage.retrieve  503  fault: " in third
    assert third.endswith(" ms")


def test_requests_that_nothing_fits_are_shown_with_what_is_near(
    space: MockNamespace, client: Client
) -> None:
    client.models.retrieve("clothing")  # a namespace that nobody used has no journal
    headers = {"Authorization": f"Bearer {space.api_key}", "X-Mock-Namespace": space.name}
    space._door.http.get(f"{space.base_url}/v1/modells", headers=headers)
    assert "no operation fits GET /v1/modells; near is models.list" in journal_of(space)
    assert "near is models.list" in failure_of(space)


def test_only_the_last_of_many_requests_are_shown(space: MockNamespace, client: Client) -> None:
    for _ in range(50):
        client.models.retrieve("clothing")
    first, *others = journal_of(space).splitlines()
    assert first == "(10 requests before these)"
    assert len(others) == 40


def test_a_namespace_that_nobody_came_to_says_so(space: MockNamespace) -> None:
    assert journal_of(space) == f"No request came to the namespace {space.name!r}."


def test_a_server_that_is_gone_says_so() -> None:
    class Gone:
        url = "http://127.0.0.1:1"
        http = httpx.Client(trust_env=False)

        def async_http(self) -> httpx.AsyncClient:
            return httpx.AsyncClient()

        def close(self) -> None:
            self.http.close()

    door = Gone()
    space = MockNamespace(door, "mine", api_key="k" * 16, base_url=door.url)
    assert "cannot be read" in journal_of(space)
    door.close()
