"""The page of the lab: plain files, a strict policy, and no route that is not there."""

import re
from html.parser import HTMLParser

import httpx

from aiaas_mock.lab.contract.operations import control_operations

from .conftest import OpenLab

UI = "/_mock/ui"


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


async def test_the_page_loads_what_lies_beside_it_and_nothing_else(lab: httpx.AsyncClient) -> None:
    for base in (UI, f"/ns/a{UI}"):
        answer = await lab.get(base)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        page = Page()
        page.feed(answer.text)
        linked = [a["src"] for _, a in page.tags if a.get("src")]
        linked += [a["href"] for tag, a in page.tags if tag == "link"]
        assert linked == ["ui/page.js", "ui/page.css"]
        for name in linked:
            assert (await lab.get(answer.url.join(name or ""))).status_code == 200


async def test_a_strict_policy_holds_for_every_file(lab: httpx.AsyncClient) -> None:
    for path in (UI, f"{UI}/page.js", f"{UI}/page.css"):
        headers = (await lab.get(path)).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"


async def test_nothing_is_inline_and_no_text_becomes_markup(lab: httpx.AsyncClient) -> None:
    page = Page()
    html, script = (await lab.get(UI)).text, (await lab.get(f"{UI}/page.js")).text
    page.feed(html)
    assert not [a for _, a in page.tags if "style" in a or any(n.startswith("on") for n in a)]
    assert re.findall(r"<script[^>]*>([^<]*)</script>", html) == [""]
    assert "innerHTML" not in script
    assert "eval(" not in script
    assert not re.search(r"https?://", html + script)


async def test_every_field_has_a_label_and_every_table_a_caption(lab: httpx.AsyncClient) -> None:
    html = (await lab.get(UI)).text
    fields = re.findall(r"<(?:input|select)\b", html)
    labelled = re.findall(r"<label[^>]*>[^<]*<(?:input|select)\b", html)
    assert len(fields) == len(labelled)
    assert html.count("<table") == html.count("<caption")
    assert '<html lang="en">' in html


async def test_the_program_finds_every_element_that_it_names(lab: httpx.AsyncClient) -> None:
    html, script = (await lab.get(UI)).text, (await lab.get(f"{UI}/page.js")).text
    ids = set(re.findall(r'id="([\w-]+)"', html))
    named = set(re.findall(r'\b(?:find|on|options)\("([\w-]+)"', script))
    assert named <= ids


async def test_every_route_that_the_program_asks_is_there(lab: httpx.AsyncClient) -> None:
    script = (await lab.get(f"{UI}/page.js")).text
    asked = re.findall(r'ask\("([A-Z]+)", ["`]([\w/]+)(/\$\{)?', script)
    table = {
        (operation.method, operation.path.removeprefix("/_mock/").partition("{")[0])
        for operation in control_operations()
    }
    assert len(asked) > 12
    for method, path, deeper in asked:
        assert (method, f"{path.rstrip('/')}/" if deeper or path.endswith("/") else path) in table
    assert ("GET", "events") in table


async def test_the_page_is_there_before_a_token_is_shown(open_lab: OpenLab) -> None:
    async with open_lab(admin_token="an-admin-token-of-the-tests") as lab:
        assert (await lab.get(UI)).status_code == 200
        assert (await lab.get("/_mock/requests")).status_code == 401


async def test_other_machines_get_no_page(open_lab: OpenLab) -> None:
    async with open_lab(peer="192.0.2.1") as lab:
        assert (await lab.get(UI)).status_code == 403
