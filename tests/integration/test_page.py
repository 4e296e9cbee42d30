"""The page of the lab in a real browser, against a server in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from aiaas_mock.conformance import ServerProcess

from .browser import Tab, find_browser, open_tab

BROWSER = find_browser()
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="needs Chromium or Chrome, or AIAAS_TEST_BROWSER with a path of one"
)
KEY = {"Authorization": "Bearer sk_mock_by-page_development"}
ROWS = "document.querySelectorAll('#entries tr')"


@pytest.fixture
def tab(tmp_path: Path, live: ServerProcess) -> Iterator[Tab]:
    """The page in a browser, in the namespace of `KEY`."""
    httpx.get(f"{live.url}/v1/models", headers=KEY)
    with open_tab(BROWSER or "", tmp_path) as tab:
        tab.open(f"{live.url}/_mock/ui")
        tab.until("document.getElementById('live')?.className === 'on'")
        tab.fill("namespace", "by-page")
        tab.until(f"{ROWS}.length > 0 && document.getElementById('live').className === 'on'")
        yield tab
    headers = {"X-Mock-Namespace": "by-page"}
    httpx.post(f"{live.url}/_mock/reset", json={}, headers=headers)


def test_requests_appear_as_they_come_and_are_shown_in_detail(
    tab: Tab, live: ServerProcess
) -> None:
    before = tab.run(f"{ROWS}.length")
    text = {"inputs": ["<b>Good evening</b> to you all"]}
    answer = httpx.post(f"{live.url}/v1/text/detect-language", json=text, headers=KEY)
    tab.until(f"{ROWS}.length === {before + 1}")
    newest = tab.run(f"[...{ROWS}[0].cells].map((cell) => cell.textContent)")
    assert newest[2:4] == ["text.detect_language", "200"]
    assert newest[7] == answer.headers["x-request-id"]
    tab.run(f"{ROWS}[0].querySelector('button').click()")
    tab.until("document.getElementById('detail').open")
    assert "<b>Good evening</b> to you all" in tab.text("detail-text")
    tab.click("close")
    tab.fill("filter", "models.list", "input")
    assert tab.text("count") == f"{before} of {before + 1}"
    assert tab.complaints == []


def test_faults_are_turned_on_off_and_on_again(tab: Tab, live: ServerProcess) -> None:
    box = "document.querySelector('#faults input')"
    tab.fill("kind", "status")
    tab.fill("fields", '{"status": 503}')
    tab.click("add-fault")
    tab.until(f"{box}?.checked")
    assert httpx.get(f"{live.url}/v1/models", headers=KEY).status_code == 503
    tab.run(f"window.first = {box}, {box}.click()")
    tab.until(f"{box} !== first && !{box}.checked")  # the list is drawn anew when it is done
    assert rules(live) == 0
    tab.run(f"window.first = {box}, {box}.click()")
    tab.until(f"{box} !== first && {box}.checked")
    assert rules(live) == 1
    tab.fill("fields", "{no json")
    tab.click("add-fault")
    tab.until("document.getElementById('message').textContent.includes('JSON')")


def rules(live: ServerProcess) -> int:
    answer = httpx.get(f"{live.url}/ns/by-page/_mock/faults")
    return len(answer.json()["data"])


def test_the_clock_is_steered(tab: Tab) -> None:
    tab.click("freeze")
    tab.until("document.getElementById('time').textContent.includes('stands still')")
    before = tab.text("time")
    tab.fill("seconds", "3600")
    tab.click("advance")
    tab.until(f"document.getElementById('time').textContent !== {before!r}")
    tab.click("resume")
    tab.until("document.getElementById('time').textContent.includes('runs')")


def test_namespaces_and_models_are_shown(tab: Tab) -> None:
    assert "by-page: no seed" in tab.text("spaces")
    assert "clothing@1" in tab.text("models")
    assert "engine" in tab.text("server")
