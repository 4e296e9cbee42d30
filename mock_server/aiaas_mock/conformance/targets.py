"""What cases are run against from the command line: a deployment by its address, or a cassette."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Protocol

import httpx
from pydantic import ValidationError

from aiaas.contract.operations import get_operation
from aiaas.contract.system import Health
from aiaas_mock.cassettes import Cassette, Player, Recorder, Redaction, UnmatchedRequestError
from aiaas_mock.conformance.case import Case
from aiaas_mock.conformance.runner import Outcome, run

_TIMEOUT_S: Final = 60.0
_CONTROL: Final = "/_mock/health"
_NAME: Final = "api_key"
"""Stands in a cassette where the key was."""


class NoDeploymentError(Exception):
    """What answers at an address is no aiaas deployment; the message says what it did."""


class Target(Protocol):
    """Something that cases can be run against."""

    has_control_plane: bool

    def run(self, case: Case) -> Outcome:
        """Run a case."""
        ...


class NetworkTarget:
    """A deployment at an address.

    Args:
        url: Where it is, without ``/v1``.
        api_key: A key with all scopes.
        records: Whether to keep what is exchanged.

    Attributes:
        cassette: What was exchanged, each request with the id of its case; empty unless asked for.
        has_control_plane: Whether it can be told to fail.

    Raises:
        NoDeploymentError: Something else answers there.
        httpx.TransportError: Nothing does.
    """

    def __init__(self, url: str, api_key: str, *, records: bool = False) -> None:
        self._api_key = api_key
        self._recorder: Recorder | None = None
        if records:
            self._recorder = Recorder(httpx.HTTPTransport(), redaction=Redaction({_NAME: api_key}))
        self._client = httpx.Client(base_url=url, timeout=_TIMEOUT_S, transport=self._recorder)
        self.cassette = Cassette()
        try:
            self._check(url)
            self.has_control_plane = self._client.get(_CONTROL).is_success
        except BaseException:
            self._client.close()
            raise

    def run(self, case: Case) -> Outcome:
        """Run a case."""
        if self._recorder is None:
            return run(case, self._client, self._api_key)
        self._recorder.cassette.exchanges.clear()
        outcome = run(case, self._client, self._api_key)
        self.cassette.add(self._recorder.cassette.exchanges, comment=case.id)
        return outcome

    def _check(self, url: str) -> None:
        path = get_operation("system.health").path
        response = self._client.get(path)
        try:
            Health.model_validate_json(response.content)
        except ValidationError:
            kind = response.headers.get("content-type", "no content type")
            raise NoDeploymentError(
                f"{url} is no aiaas deployment: GET {path} was answered with "
                f"{response.status_code} ({kind}), not with its health. "
                "Give the address that stands before /v1."
            ) from None

    def __enter__(self) -> NetworkTarget:
        """Return the target."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self._client.close()


class CassetteTarget:
    """What a deployment answered once.

    Args:
        cassette: Recorded by a `NetworkTarget`, whose requests say which case they belong to; or by
            a lab in the middle, of a run of the same cases in the same order.
        api_key: Any text; the cassette has no key.
    """

    has_control_plane = False

    def __init__(self, cassette: Cassette, api_key: str) -> None:
        self._cassette = cassette
        self._api_key = api_key
        self._redaction = Redaction({_NAME: api_key})
        self._whole: Player | None = None
        if not any(exchange.comment for exchange in cassette.exchanges):
            self._whole = Player(cassette, redaction=self._redaction)

    def run(self, case: Case) -> Outcome:
        """Run a case; a request that was not recorded is a difference."""
        player = self._whole
        if player is None:
            player = Player(self._cassette.about(case.id), redaction=self._redaction)
        with httpx.Client(base_url="http://cassette.invalid", transport=player) as client:
            try:
                return run(case, client, self._api_key)
            except UnmatchedRequestError as error:
                return Outcome(case=case, differences=tuple(str(error).splitlines()))
