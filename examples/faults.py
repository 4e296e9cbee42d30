"""Faults: what a client does when a deployment is slow, wrong or gone.

Run it with AIAAS_BASE_URL set to a server on this machine: python examples/faults.py
"""

import httpx

import aiaas

FAULTS: list[dict[str, str | float]] = [
    {"kind": "reset"},
    {"kind": "overloaded", "retry_after_s": 0.05},
    {"kind": "close_mid_body"},
    {"kind": "malformed_json"},
    {"kind": "quota"},
    {"kind": "timeout"},
]

with (
    # A key that nobody registered: it opens a namespace of its own, on this machine.
    aiaas.Client("sk_mock_faults-example_development", retries=2, timeout_s=1) as client,
    httpx.Client(base_url=f"{client.base_url}/ns/faults-example/_mock") as lab,
):
    for fault in FAULTS:
        lab.post("/reset", json={})
        # Two attempts meet it; a client that makes a third does not notice.
        rule = {"match": {"operation": "models.retrieve"}, "times": 2, "fault": fault}
        made = lab.post("/faults", json=rule).raise_for_status().json()["id"]
        try:
            told = client.models.retrieve("clothing").name
        except aiaas.AiaasError as error:
            told = f"{type(error).__name__}: {error}"
        hits = lab.get(f"/faults/{made}").json()["hit"]
        print(f"{fault['kind']}, met {hits} times -> {told.splitlines()[0]}")
    lab.post("/reset", json={})
