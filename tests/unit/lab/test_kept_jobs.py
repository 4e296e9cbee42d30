"""Jobs that ended are dropped in time, whatever the clock of their namespace shows."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
from tests.unit.lab.conftest import OpenLab

DAY_S = 24 * 3600
TRAIN = {"family": "popularity", "promote": "never"}  # what answers would stay
EVENTS = [{"type": "view", "user": f"u{number}", "item": "a"} for number in range(12)]


class Machine:
    """A machine whose clock the test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


async def train(lab: httpx.AsyncClient, space: str) -> str:
    at = f"/ns/{space}/v1/recommendations"
    await lab.post(f"{at}/items", json={"items": [{"id": "a"}]})
    await lab.post(f"{at}/events", json={"events": EVENTS})
    answer = await lab.post(f"{at}/train", json=TRAIN)
    return f"/ns/{space}/v1/jobs/{answer.json()['id']}"


async def ended(lab: httpx.AsyncClient, job: str) -> None:
    await lab.post(f"{job}/cancel")
    async with asyncio.timeout(30):
        while (await lab.get(job)).json().get("finished_at") is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_job_is_dropped_and_one_whose_clock_stands_still_is_not(open_lab: OpenLab) -> None:
    machine = Machine()
    async with open_lab(now=machine, jobs_kept_s=DAY_S) as lab:
        clock = {"action": "freeze", "instant": "2020-01-01T00:00:00Z"}
        assert (await lab.put("/ns/still/_mock/clock", json=clock)).status_code == 200
        plain, still = await train(lab, "plain"), await train(lab, "still")
        await ended(lab, plain)
        await ended(lab, still)
        machine.time += timedelta(seconds=DAY_S + 1)
        await train(lab, "another")  # which wakes the worker
        async with asyncio.timeout(30):
            while (await lab.get(plain)).status_code == 200:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert (await lab.get(plain)).json()["code"] == "job_not_found"
        assert (await lab.get(still)).status_code == 200
