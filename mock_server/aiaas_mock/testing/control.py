"""Asks the control plane ``/_mock/`` of a server, about one namespace."""

from __future__ import annotations

from typing import Any, Final

import httpx

_NAMESPACE: Final = "X-Mock-Namespace"
_NO_LAB: Final = (
    "{url} has no control plane: it is no mock, or its lab is off ('aiaas-mock serve --lab on')"
)


class MockControlError(Exception):
    """The control plane refused.

    Attributes:
        status: Status of its answer.
        code: Code of the problem; empty when there was none.
        problem: The whole problem.
    """

    def __init__(self, message: str, *, status: int, problem: dict[str, Any]) -> None:
        super().__init__(message)
        self.status = status
        self.code = str(problem.get("code", ""))
        self.problem = problem


class Control:
    """The control plane as one namespace sees it.

    Args:
        http: Sends the requests.
        url: Address of the server.
        namespace: The namespace that is meant.
        admin_token: What the server wants to be shown, if anything.
    """

    def __init__(
        self, http: httpx.Client, url: str, namespace: str, *, admin_token: str | None = None
    ) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._headers = {_NAMESPACE: namespace}
        if admin_token is not None:
            self._headers["Authorization"] = f"Bearer {admin_token}"

    def ask(
        self, method: str, path: str, body: object = None, *, query: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Send a request and return what is answered.

        Args:
            method: Of HTTP.
            path: Below ``/_mock/``.
            body: Sent as JSON; nothing when omitted.
            query: Parameters of the address.

        Raises:
            MockControlError: It was refused, or there is no control plane.
        """
        address = f"{self._url}/_mock/{path}"
        answer = self._http.request(
            method, address, json=body, params=query or {}, headers=self._headers
        )
        read = _read(answer)
        if answer.is_success:
            return read
        raise MockControlError(
            self._refusal(f"{method} /_mock/{path}", answer, read),
            status=answer.status_code,
            problem=read,
        )

    def _refusal(self, asked: str, answer: httpx.Response, problem: dict[str, Any]) -> str:
        if answer.status_code == 404 and "param" not in problem:
            return f"{asked}: {_NO_LAB.format(url=self._url)}, or is older than this"
        place = f" ({problem['param']})" if problem.get("param") else ""
        return f"{asked}: {answer.status_code}: {problem.get('detail', 'no reason given')}{place}"


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        read = answer.json()
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {"data": read}
