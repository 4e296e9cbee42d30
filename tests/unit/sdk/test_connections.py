"""How connections are made, copied and closed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pytest

import aiaas
from aiaas._core.config import Network
from aiaas._core.connections import proxy_of
from aiaas.contract.system import HEALTH


class Handler(BaseHTTPRequestHandler):
    """Answers with the port of the other end, so that connections can be told apart."""

    protocol_version = "HTTP/1.1"
    kept = b""

    def do_GET(self) -> None:
        if self.path.endswith("/content"):
            self._answer(self.kept, ETag=f'"{hashlib.sha256(self.kept).hexdigest()}"')
        else:
            self._answer(b'{"status": "ok", "version": "%d"}' % self.client_address[1])

    def do_POST(self) -> None:
        """Keep the file that is uploaded, and describe it."""
        body = b"".join(self._pieces())
        boundary = self.headers["Content-Type"].partition("boundary=")[2].encode()
        part = body.split(b"--" + boundary)[2]
        content = part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        Handler.kept = content
        described = {
            "id": "file_1",
            "filename": "f",
            "media_type": "application/octet-stream",
            "purpose": "general",
            "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "created_at": "2026-01-01T00:00:00Z",
        }
        self._answer(json.dumps(described).encode())

    def _pieces(self) -> Iterator[bytes]:
        if "Content-Length" in self.headers:
            yield self.rfile.read(int(self.headers["Content-Length"]))
            return
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _answer(self, body: bytes, **headers: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


FORK = """
import aiaas, os, sys
from aiaas.contract.system import HEALTH
client = aiaas.Client("key", base_url=sys.argv[1])
mine = client.request(HEALTH).version
child = os.fork()
if child == 0:
    first, second = client.request(HEALTH).version, client.request(HEALTH).version
    os._exit(0 if first == second != mine else 1)
_, status = os.waitpid(child, 0)
assert os.waitstatus_to_exitcode(status) == 0
assert client.request(HEALTH).version == mine
client.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_process_takes_connections_of_its_own(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORK, url], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


async def test_a_client_that_was_closed_says_so() -> None:
    client = aiaas.Client("k")
    client.close()
    with pytest.raises(aiaas.ClientClosedError, match="was closed: make a new one"):
        client.request(HEALTH)
    async_client = aiaas.AsyncClient("k")
    await async_client.close()
    with pytest.raises(aiaas.ClientClosedError):
        await async_client.request(HEALTH)


def test_a_proxy_is_asked(url: str) -> None:
    with aiaas.Client("k", base_url="http://behind.test", proxy=url) as client:
        assert client.request(HEALTH).status == "ok"


def test_the_environment_counts_unless_it_is_not_trusted(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with aiaas.Client("k", base_url="http://behind.test") as client:
        assert client.request(HEALTH).status == "ok"
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # and does not listen
        nowhere = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        with (
            aiaas.Client("k", base_url=nowhere, trust_env=False, retries=0) as client,
            pytest.raises(aiaas.APIConnectionError) as info,
        ):
            client.request(HEALTH)
    assert info.value.phase == "connect"


@pytest.mark.parametrize("setting", ["ca_file", "client_cert"])
def test_a_certificate_that_cannot_be_used_is_refused(tmp_path: Path, setting: str) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    for path in (broken, tmp_path / "none.pem"):
        with pytest.raises(aiaas.ConfigurationError, match=rf"{setting}='{path}'.* cannot be used"):
            aiaas.Client("k", **{setting: str(path)})  # type: ignore[arg-type]
    with pytest.raises(aiaas.ConfigurationError, match="cannot be used"):
        aiaas.Client("k", client_cert=(str(broken), str(broken)))


@pytest.mark.parametrize("more", [{}, {"client_cert": "client.pem"}])
def test_certificates_of_the_environment_that_are_not_there_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(aiaas.ConfigurationError, match=r"SSL_CERT_FILE='.*none.pem' cannot be use"):
        aiaas.Client("k", **more)
    aiaas.Client("k", trust_env=False).close()


PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of a proxy is set."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.usefixtures("no_proxy")
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "http_proxy", None])
@pytest.mark.parametrize("address", ["ftp://me:hidden@proxy.test", "http://me:hidden@p:port"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, name: str | None, address: str
) -> None:
    if name:
        monkeypatch.setenv(name, address)
    named = name.upper() if name else "the setting 'proxy'"
    with pytest.raises(aiaas.ConfigurationError, match=f"The proxy of {named} cannot") as info:
        aiaas.Client("k", proxy=None if name else address)
    assert "hidden" not in str(info.value)
    assert info.value.__suppress_context__


@pytest.mark.usefixtures("no_proxy")
def test_a_proxy_of_the_kind_socks_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("ALL_PROXY", "socks5://me:hidden@proxy.test")
    with pytest.raises(aiaas.MissingDependencyError, match="proxy of ALL_PROXY needs so") as info:
        aiaas.Client("k")
    assert str(info.value).endswith("Run: pip install 'aiaas[socks]'")
    assert "hidden" not in str(info.value)


@pytest.mark.usefixtures("no_proxy")
@pytest.mark.parametrize("by", ["argument", "HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_that_is_down_is_told_from_the_deployment(
    monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # and does not listen
        place = f"127.0.0.1:{reserved.getsockname()[1]}"
        proxy = f"http://me:hidden@{place}"
        if by != "argument":
            monkeypatch.setenv(by, proxy)
        with (
            aiaas.Client(
                "k",
                base_url="http://behind.test",
                proxy=proxy if by == "argument" else None,
                retries=0,
            ) as client,
            pytest.raises(aiaas.APIConnectionError) as info,
        ):
            client.request(HEALTH)
    assert (info.value.phase, info.value.host) == ("proxy", place)
    assert str(info.value).startswith(f"Could not pass the proxy to behind.test: {place}: ")
    assert "hidden" not in repr(vars(info.value)) + str(info.value)


@pytest.mark.usefixtures("no_proxy")
def test_a_host_that_passes_no_proxy_is_itself_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "proxy.test:3128")
    assert proxy_of("http", "behind.test", Network()) == "proxy.test:3128"
    assert proxy_of("http", "behind.test", Network(trust_env=False)) is None
    monkeypatch.setenv("NO_PROXY", "behind.test")
    assert proxy_of("http", "behind.test", Network()) is None
    assert proxy_of("https", "other.test", Network()) is None


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key in the same file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += [
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=test",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text(certificate.read_text() + key.read_text())
    return both


@pytest.fixture
def tls_url(certificate: Path) -> Iterator[str]:
    """A server that shows a certificate and wants to see one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.load_verify_locations(certificate)
    context.verify_mode = ssl.CERT_REQUIRED

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: refused handshakes are what is tested."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_deployment_with_a_private_authority_may_ask_for_a_certificate(
    tls_url: str, certificate: Path
) -> None:
    file = str(certificate)
    for shown in (file, (file, file)):
        with aiaas.Client("k", base_url=tls_url, ca_file=file, client_cert=shown) as client:
            assert client.request(HEALTH).status == "ok"


def test_a_certificate_that_is_not_trusted_is_refused_while_agreeing_on_encryption(
    tls_url: str, certificate: Path
) -> None:
    with (
        aiaas.Client("k", base_url=tls_url, client_cert=str(certificate), retries=0) as client,
        pytest.raises(aiaas.APIConnectionError) as info,
    ):
        client.request(HEALTH)
    assert (info.value.phase, info.value.retryable) == ("tls", False)
    assert "pass ca_file=" in str(info.value)


def test_a_port_without_encryption_is_told_as_such(url: str) -> None:
    address = url.replace("http:", "https:")
    with (
        aiaas.Client("k", base_url=address, trust_env=False) as client,
        pytest.raises(aiaas.APIConnectionError, match="should base_url begin with 'http://'") as e,
    ):
        client.request(HEALTH)
    assert (e.value.phase, e.value.retryable, e.value.attempts) == ("tls", False, 1)


@pytest.mark.parametrize("kind", ["bytes", "pipe"])
async def test_an_upload_and_a_download_travel_over_real_connections(
    url: str, kind: str, tmp_path: Path
) -> None:
    data = bytes(range(256)) * 8_000

    def source() -> bytes | BinaryIO:
        if kind == "bytes":
            return data
        reading, writing = os.pipe()

        def fill() -> None:
            with os.fdopen(writing, "wb") as file:
                file.write(data)

        threading.Thread(target=fill).start()
        return os.fdopen(reading, "rb")

    with aiaas.Client("k", base_url=url) as client:
        given = source()
        stored = client.files.create(given, filename="f")
        assert stored.size_bytes == len(data)
        assert client.files.content(stored.id).save(tmp_path / "copy") == len(data)
        if not isinstance(given, bytes):
            given.close()
    async with aiaas.AsyncClient("k", base_url=url) as async_client:
        given = source()
        stored = await async_client.files.create(given, filename="f")
        assert await async_client.files.content(stored.id).read() == data
        if not isinstance(given, bytes):
            given.close()


def test_settings_of_the_network_and_an_http_client_exclude_each_other() -> None:
    with (
        httpx.Client() as http_client,
        pytest.raises(aiaas.ConfigurationError, match="settings of the http_client"),
    ):
        aiaas.Client("k", http_client=http_client, proxy="http://proxy.test")


def test_a_password_of_a_proxy_is_not_shown() -> None:
    with aiaas.Client("k", proxy="http://user:hidden@proxy.test") as client:
        assert "hidden" not in repr(client) + repr(client._config)
