"""Namespaces with the same seed train beside each other."""

import httpx

TRAIN = {"name": "mine", "family": "item-knn"}
EVENTS = [{"type": "view", "user": f"u{number}", "item": "a"} for number in range(12)]


async def train(lab: httpx.AsyncClient, space: str) -> httpx.Response:
    at = f"/ns/{space}/v1/recommendations"
    await lab.put(f"/ns/{space}/_mock/seed", json={"seed": 7})
    await lab.post(f"{at}/items", json={"items": [{"id": "a"}]})
    await lab.post(f"{at}/events", json={"events": EVENTS})
    return await lab.post(f"{at}/train", json=TRAIN)


async def test_two_namespaces_with_one_seed_have_different_jobs(lab: httpx.AsyncClient) -> None:
    answers = [await train(lab, space) for space in ("one", "two")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({answer.json()["id"] for answer in answers}) == 2


async def test_a_job_after_a_reset_is_another_one(lab: httpx.AsyncClient) -> None:
    before = await train(lab, "one")
    reset = await lab.post("/ns/one/_mock/reset", json={"scope": ["state"]})
    assert reset.status_code == 200
    assert (await train(lab, "one")).json()["id"] != before.json()["id"]
