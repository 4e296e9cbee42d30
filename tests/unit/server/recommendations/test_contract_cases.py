"""The cases of the catalogue, of users and of events, against their services alone.

The whole server is held against all cases in tests/contract; here nothing else can help out.
"""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from aiaas.contract.recommendations import events, items, users
from aiaas_mock.app import catalogue_handlers
from aiaas_mock.conformance import Case, run_async
from aiaas_mock.conformance.cases import (
    recommendation_events,
    recommendation_items,
    recommendation_users,
)
from aiaas_mock.context import utc_now
from aiaas_mock.gateway.authentication import Authenticator
from aiaas_mock.gateway.idempotency import Idempotency
from aiaas_mock.gateway.keys import KeyRing
from aiaas_mock.gateway.records import Recorder
from aiaas_mock.gateway.tokens import TokenMint
from aiaas_mock.http.endpoint import Gateway
from aiaas_mock.http.routes import make_routes
from aiaas_mock.services.recommendations.attribution import RecommendationIds
from aiaas_mock.services.recommendations.demo import DemoCatalogue
from aiaas_mock.services.recommendations.titles import TitleVectors
from aiaas_mock.storage.sql import SqlStore

KEY = "sk_mock_default_the-key-of-these-tests"
OPERATIONS = (*items.OPERATIONS, *users.OPERATIONS, *events.OPERATIONS)
CASES = (*recommendation_items.CASES, *recommendation_users.CASES, *recommendation_events.CASES)


@pytest.fixture
async def client(
    store: SqlStore, demo: DemoCatalogue, no_titles: TitleVectors, ids: RecommendationIds
) -> AsyncIterator[httpx.AsyncClient]:
    secret = b"a secret"
    handlers = catalogue_handlers(
        store,
        demo,
        ids,
        no_titles,
        on_items=lambda namespace: None,
        on_users=lambda namespace, users: None,
        on_events=lambda namespace, events: None,
    )
    gateway = Gateway(
        authenticator=Authenticator(
            [KeyRing.from_keys([KEY], secret)], TokenMint(secret, lifetime_s=60, now=utc_now)
        ),
        limits=None,
        idempotency=Idempotency(store, kept_s=60),
        commit=store.run,
        recorder=Recorder([]),
        max_body_bytes=2**20,
        max_file_bytes=2**20,
        timeout_s=30,
        upload_timeout_s=30,
        now=utc_now,
    )
    app = Starlette(routes=make_routes(OPERATIONS, handlers, gateway))  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_case(client: httpx.AsyncClient, case: Case) -> None:
    outcome = await run_async(case, client, KEY)
    assert outcome.ok, str(outcome)
