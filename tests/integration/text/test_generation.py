"""Generation: seeds, stop texts, usage, and that a stream says what a whole answer does."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
import httpx
import pytest

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
PATH = "/v1/text/generate"


async def generate(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    response = await client.post(PATH, json={"prompt": "once", **body})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def stream(client: httpx.AsyncClient, **body: Any) -> list[tuple[str, dict[str, Any]]]:
    response = await client.post(PATH, json={"prompt": "once", "stream": True, **body})
    assert response.status_code == 200, response.text
    return events_of(response.text)


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    blocks = [block.split("\n") for block in text.split("\n\n")[:-1]]
    return [
        (kind.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for kind, data in blocks
    ]


def without_id(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "id"}


async def test_a_seed_gives_the_same_text_again_and_another_seed_another(
    open_texts: Open,
) -> None:
    async with open_texts() as client:
        first = await generate(client, seed=7, temperature=1.0)
        again = await generate(client, seed=7, temperature=1.0)
        other = await generate(client, seed=8, temperature=1.0)
    assert first["text"] == again["text"] != other["text"]
    assert (first["seed"], first["finish_reason"], first["model"]) == (7, "length", "letters@1")
    assert first["usage"] == {"inputs": 1, "prompt_tokens": 4, "completion_tokens": 64}
    assert len(first["text"]) == 64


async def test_without_a_seed_one_is_chosen_that_gives_the_text_again(open_texts: Open) -> None:
    async with open_texts() as client:
        first, second = [await generate(client, max_tokens=20) for _ in range(2)]
        again = await generate(client, max_tokens=20, seed=first["seed"])
    assert first["seed"] != second["seed"]
    assert again["text"] == first["text"]
    assert first["seed"] < 2**53


async def test_a_temperature_of_nought_needs_no_seed(open_texts: Open) -> None:
    async with open_texts() as client:
        texts = {(await generate(client, temperature=0))["text"] for _ in range(3)}
    assert len(texts) == 1


async def test_the_prompt_matters_and_may_be_empty(open_texts: Open) -> None:
    async with open_texts() as client:
        long, empty = [
            await generate(client, prompt=prompt, seed=1, temperature=0) for prompt in ("xyz", "")
        ]
    assert long["text"] != empty["text"]
    assert empty["usage"]["prompt_tokens"] == 0


async def test_of_a_long_prompt_the_end_is_read_and_a_warning_says_so(
    open_texts: Open, engines: Any
) -> None:
    async with open_texts() as client:
        long = await generate(client, prompt="abc" * 1_000, max_tokens=1, seed=1)
        short = await generate(client, prompt="xabc", max_tokens=1, seed=1)
    assert long["usage"]["prompt_tokens"] == 256
    assert [warning["code"] for warning in long["warnings"]] == ["input_truncated"]
    assert short["warnings"] == []
    assert len(engines.runs_of("letters")) == 257 + 5


async def test_a_stream_tells_the_pieces_and_then_the_whole_answer(open_texts: Open) -> None:
    async with open_texts() as client:
        whole = await generate(client, seed=3)
        events = await stream(client, seed=3)
    *tokens, (kind, done) = events
    assert {token for token, _ in tokens} == {"token"}
    assert [data["index"] for _, data in tokens] == list(range(len(tokens)))
    assert "".join(data["text"] for _, data in tokens) == done["text"]
    assert (kind, without_id(done)) == ("done", without_id(whole))


async def test_a_stream_is_kept_by_no_cache_and_no_proxy(open_texts: Open) -> None:
    async with open_texts() as client:
        response = await client.post(PATH, json={"prompt": "", "stream": True})
    assert response.headers["content-type"] == "text/event-stream"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
    assert response.headers["x-request-id"].startswith("req_")
    assert "content-length" not in response.headers


@pytest.mark.parametrize("streamed", [False, True])
async def test_generation_ends_before_a_stop_text_wherever_its_tokens_are_cut(
    open_texts: Open, streamed: bool
) -> None:
    async with open_texts() as client:
        text = (await generate(client, seed=5))["text"]
        stop = text[10:14]
        at = text.find(stop)
        body = {"seed": 5, "stop": ["never seen", stop, stop + "not this"]}
        if streamed:
            *tokens, (_, answer) = await stream(client, **body)
            assert "".join(data["text"] for _, data in tokens) == text[:at]
        else:
            answer = await generate(client, **body)
    assert (answer["text"], answer["finish_reason"]) == (text[:at], "stop")
    assert answer["usage"]["completion_tokens"] == at + len(stop)


async def test_what_only_looked_like_a_stop_text_is_let_out_at_the_end(open_texts: Open) -> None:
    async with open_texts() as client:
        text = (await generate(client, seed=5, max_tokens=12))["text"]
        answer = await generate(client, seed=5, max_tokens=12, stop=[text[-3:] + "!"])
    assert (answer["text"], answer["finish_reason"]) == (text, "length")


async def test_a_generation_whose_first_token_is_the_stop_text_is_empty(open_texts: Open) -> None:
    async with open_texts() as client:
        text = (await generate(client, seed=5))["text"]
        events = await stream(client, seed=5, stop=[text[0]])
    ((kind, done),) = events
    assert (kind, done["text"], done["finish_reason"]) == ("done", "", "stop")


async def test_streams_side_by_side_share_batches_and_say_what_each_says_alone(
    open_texts: Open, engines: Any
) -> None:
    prompts = [f"{chr(0x61 + number)}bc" for number in range(16)]
    done: dict[str, str] = {}
    async with open_texts() as client:
        alone = {p: (await generate(client, prompt=p, seed=9))["text"] for p in prompts}
        engines.step_s = 0.002
        before = len(engines.runs_of("letters"))

        async def run(prompt: str) -> None:
            done[prompt] = (await stream(client, prompt=prompt, seed=9))[-1][1]["text"]

        async with anyio.create_task_group() as group:
            for prompt in prompts:
                group.start_soon(run, prompt)
    assert done == alone
    assert len(set(alone.values())) > 8
    batches = engines.runs_of("letters")[before:]
    assert sum(batches) == 16 * 67
    assert max(batches) > 1
    assert len(batches) < 16 * 67 / 2


async def test_a_model_that_only_classifies_cannot_write(open_texts: Open) -> None:
    async with open_texts() as client:
        response = await client.post(PATH, json={"prompt": "", "stream": True, "model": "mood"})
    assert (response.status_code, response.json()["code"]) == (422, "model_task_mismatch")
