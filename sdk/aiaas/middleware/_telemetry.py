"""Names and values of OpenTelemetry's conventions for HTTP clients, version 1.23 and later."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from aiaas._core.calls import Call
from aiaas._core.responses import RawResponse
from aiaas.middleware._targets import url_of

DURATION: Final = "http.client.request.duration"
RETRIES: Final = "aiaas.client.retries"
DURATION_BOUNDARIES_S: Final = (
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
)  # fmt: skip
"""As the conventions advise."""

_PORTS: Final = {"http": 80, "https": 443}

Attributes = dict[str, str | int]


def span_name(call: Call) -> str:
    """Return the method and the template of the path: few names, whatever the ids in paths."""
    return f"{call.method} {call.operation.path}"


def shared_attributes(call: Call) -> Attributes:
    """Return what spans and metrics have in common."""
    target = urlsplit(url_of(call))
    attributes: Attributes = {
        "http.request.method": call.method,
        "url.template": call.operation.path,
        "aiaas.operation": call.operation.name,
    }
    if target.hostname:
        attributes["server.address"] = target.hostname
        attributes["server.port"] = target.port or _PORTS.get(target.scheme, 80)
    return attributes


def request_attributes(call: Call) -> Attributes:
    """Return what is known of a span when it starts: neither query, body nor key."""
    attributes = shared_attributes(call)
    attributes["url.full"] = url_of(call)
    attributes["aiaas.retry_count"] = call.attempt - 1
    if call.attempt > 1:
        attributes["http.request.resend_count"] = call.attempt - 1
    return attributes


def outcome_attributes(response: RawResponse | None, error: BaseException | None) -> Attributes:
    """Return how a request ended, for spans and metrics."""
    attributes: Attributes = {}
    if response is not None:
        attributes["http.response.status_code"] = response.status
        if response.status >= 400:
            attributes["error.type"] = str(response.status)
    if error is not None:
        attributes["error.type"] = f"{type(error).__module__}.{type(error).__qualname__}"
    return attributes
