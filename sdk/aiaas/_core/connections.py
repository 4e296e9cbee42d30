"""Why there is no connection: proxies, certificates, encryption. Loaded after a failure only."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from aiaas._core.config import Network
from aiaas._core.errors import AiaasError, ConfigurationError, MissingDependencyError, Phase

_PROXY_VARIABLES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")

_PASSING_TLS_FAILURES: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
"""The other end went away, as one that restarts does."""


def unusable_network(
    network: Network, error: Exception, environ: Mapping[str, str] = os.environ
) -> AiaasError:
    """Return the error for settings of the network with which no HTTP client can be made."""
    if isinstance(error, OSError):
        path = environ.get("SSL_CERT_FILE") if network.trust_env else None
        named = f"SSL_CERT_FILE={path!r}" if path else "this machine"
        return ConfigurationError(f"The certificates of {named} cannot be used: {error}.")
    # What it is set to is not repeated, nor is the error, as it may hold a password.
    named = "the setting 'proxy'" if network.proxy is not None else _variables_in(environ)
    if isinstance(error, ImportError):
        return MissingDependencyError(
            f"The SOCKS proxy of {named}", package="socksio", extra="socks"
        )
    return ConfigurationError(
        f"The proxy of {named} cannot be used: it must look like 'http://host:port'."
    )


def phase_beneath(error: BaseException) -> Phase:
    """Return where a connection could not be made, by what lies beneath the error."""
    causes = _causes(error)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "resolve"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "tls"
    return "connect"


def tls_hint(error: BaseException) -> str | None:
    """Return what to do about a failure to agree on encryption; None if it may pass by itself."""
    failures = [cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)]
    if not failures or any(isinstance(failure, _PASSING_TLS_FAILURES) for failure in failures):
        return None
    if any(isinstance(failure, ssl.SSLCertVerificationError) for failure in failures):
        return (
            "Check the host in base_url; if its certificate is signed by an authority of your "
            "own, pass ca_file= or set SSL_CERT_FILE."
        )
    if any("WRONG_VERSION_NUMBER" in str(failure) for failure in failures):
        return "There is no encryption at this port: should base_url begin with 'http://'?"
    return "Check base_url, ca_file and client_cert: the same will happen again."


def proxy_of(scheme: str, host: str, network: Network) -> str | None:
    """Return host and port of the proxy that requests to a host pass; None without one."""
    proxy = network.proxy
    if proxy is None and network.trust_env:
        # As httpx does it, which loads this module anyway.
        from urllib.request import getproxies, proxy_bypass

        proxies = getproxies()
        if not proxy_bypass(host):
            proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy:
        return None
    # Without user name and password.
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}").netloc.rpartition("@")[2]


def _variables_in(environ: Mapping[str, str]) -> str:
    names = [name for name in _PROXY_VARIABLES if environ.get(name) or environ.get(name.lower())]
    return " and ".join(names) or "this machine"


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    cause: Any = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return causes
