"""Windows of time go by the clock of the namespace."""

import httpx

EVENTS = [{"type": "view", "user": f"u{number}", "item": "a"} for number in range(3)]
AT = "/ns/one/v1/recommendations"


async def popular(lab: httpx.AsyncClient) -> dict[str, float]:
    answer = await lab.post(f"{AT}/popular", json={"window_s": 3600})
    return {item["item_id"]: item["score"] for item in answer.json()["items"]}


async def test_a_window_moves_at_once_when_the_clock_is_advanced(lab: httpx.AsyncClient) -> None:
    await lab.put("/ns/one/_mock/clock", json={"action": "freeze"})
    await lab.post(f"{AT}/items", json={"items": [{"id": "a"}, {"id": "b"}]})
    await lab.post(f"{AT}/events", json={"events": EVENTS})
    assert await popular(lab) == {"a": 3.0, "b": 0.0}
    await lab.put("/ns/one/_mock/clock", json={"action": "advance", "by_s": 7200})
    assert await popular(lab) == {"a": 0.0, "b": 0.0}
