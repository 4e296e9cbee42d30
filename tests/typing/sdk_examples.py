"""What type checkers must make of the SDK; checked by mypy and pyright, never run.

Every `assert_type` is an error when the SDK's types say something else, and every ignored error
is one when the SDK no longer refuses it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, assert_type

import tenacity

import aiaas
from aiaas.contract.images import CLASSIFY, ClassifyImagesRequest, ClassifyImagesResponse
from aiaas.contract.system import HEALTH, Health

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image


def one_picture(client: aiaas.Client) -> None:
    answer = client.images.classify("cat.jpg", model="m", top_k=3, min_score=0.5)
    assert_type(answer, aiaas.ImageClassification)
    assert_type(answer.label, str | None)
    assert_type(answer.score, float)
    assert_type(answer.model, str | None)
    assert_type(answer.request_id, str | None)
    assert_type(answer.predictions, tuple[aiaas.Prediction, ...])
    assert_type(client.images.embed(b"...").vector, tuple[float, ...])


def pictures_of_every_kind(
    client: aiaas.Client, image: Image, pixels: NDArray[np.uint8], path: Path
) -> None:
    with path.open("rb") as file:
        client.images.classify(file)
    client.images.classify(path)
    client.images.classify(image)
    client.images.classify(pixels)
    client.images.classify(bytearray(b"..."))
    client.images.classify(memoryview(b"..."))
    client.images.classify(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def many_pictures(client: aiaas.Client, paths: list[Path], photos: Iterator[bytes]) -> None:
    def progress(done: int, total: int | None) -> None:
        print(done, total)

    answers = client.images.classify_many(paths, progress=progress)
    assert_type(answers, list[aiaas.ImageClassification | aiaas.ItemError])
    for answer in answers:
        if isinstance(answer, aiaas.ItemError):
            assert_type(answer.error, aiaas.Problem)
        else:
            assert_type(answer.label, str | None)
    client.images.embed_many(photos, concurrency=2)


def recommended(client: aiaas.Client, views: Iterator[dict[str, object]]) -> None:
    shop = client.recommendations
    answer = shop.for_user(
        "ada",
        filter="price < 20",
        promotions=[aiaas.Promotion(filter="sale", share=0.2), {"filter": "new", "share": 0.1}],
        context={"items": ["mug-1"]},
        timeout_s=1,
    )
    assert_type(answer, aiaas.Recommendations)
    assert_type(len(answer), int)
    for item in answer:
        assert_type(item, aiaas.RecommendedItem)
        assert_type(item.why, str)
        assert_type(item.reasons, tuple[aiaas.Reason, ...])
        event = answer.event("click", item)
        assert_type(event, aiaas.NewEvent)
        assert_type(shop.events.create(event), aiaas.CreatedEvents)
    assert_type(shop.rank("ada", ["mug-1"]), aiaas.RankedItems)
    assert_type(shop.rank("ada", ["mug-1"]).errors, tuple[aiaas.ItemError, ...])
    assert_type(shop.similar_items("mug-1").model, str)
    assert_type(shop.users_for_item("mug-1"), aiaas.InterestedUsers)
    assert_type([user.user_id for user in shop.users_for_item("mug-1")], list[str])
    assert_type(shop.next_items(iter(["mug-1"])).group, str | None)
    assert_type(shop.popular(window_s=60, trend=True), aiaas.Recommendations)
    shop.events.create(type="view", user="ada", item="mug-1")
    assert_type(shop.events.create_many(views, concurrency=2).failed, int)
    assert_type(shop.events.list(user="ada"), aiaas.Paginator[aiaas.Event])
    shop.events.create(type="view", user="ada")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    assert_type(shop.items.upsert({"id": "mug-1"}), aiaas.UpsertedItems)
    shop.items.upsert(shop.items.list())
    shop.items.upsert([aiaas.NewItem(id="a"), {"id": "b", "metadata": {"price": 4}}])
    assert_type(shop.users.delete("ada"), aiaas.ErasedUser)


def learned(client: aiaas.Client) -> None:
    shop = client.recommendations
    assert_type(shop.train(family="ease", types=["purchase"]), aiaas.Job)
    shop.train(family="svd")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(shop.models.list(), aiaas.Paginator[aiaas.TrainedModel])
    assert_type(shop.models.rollback(), aiaas.TrainedModel)
    assert_type(shop.models.retrieve("a@1").metrics, aiaas.OfflineMetrics | None)
    assert_type(shop.experiment.set("x", {"a": "m@1", "b": "m@2"}), aiaas.Experiment)
    shop.experiment.set("x", [aiaas.Group(name="a", model="m@1", share=0.5)])
    assert_type(shop.metrics().online, tuple[aiaas.OnlineMetrics, ...])


async def recommended_later(client: aiaas.AsyncClient) -> None:
    answer = await client.recommendations.for_user("ada")
    assert_type(await client.recommendations.events.create(answer.event("click", "a")),
                aiaas.CreatedEvents)  # fmt: skip
    async for item in client.recommendations.items.list():
        assert_type(item, aiaas.Item)


def texts(client: aiaas.Client, pairs: list[tuple[str, str]], texts: Iterator[str]) -> None:
    sentiment = client.text.sentiment("Great!", level="sentence", explain=True)
    assert_type(sentiment, aiaas.TextSentiment)
    assert_type(sentiment.model, str)
    assert_type(sentiment.request_id, str | None)
    assert_type(sentiment.sentences, tuple[aiaas.SentenceSentiment, ...] | None)
    assert_type(sentiment.explanation, aiaas.Explanation | None)
    assert_type(client.text.emotions("a").model, str | None)
    assert_type(client.text.classify("a").abstained, bool)
    assert_type(client.text.keyphrases("a").keyphrases, tuple[aiaas.Keyphrase, ...])
    assert_type(client.text.entities("a", types=["person"]).entities, tuple[aiaas.Entity, ...])
    assert_type(client.text.redact("a", mode="hash").redactions, tuple[aiaas.Redaction, ...])
    assert_type(client.text.detect_language("a").languages, tuple[aiaas.LanguageScore, ...])
    assert_type(client.text.summarize("a").sentences, tuple[aiaas.SummarySentence, ...])
    assert_type(client.text.embed("a").vector, tuple[float, ...])
    assert_type(client.text.similarity("a", "b"), aiaas.TextSimilarity)
    assert_type(client.text.count_tokens("a").tokens, int)
    assert_type(client.text.rerank("a", texts).ranked, tuple[aiaas.RankedDocument, ...])
    many = client.text.sentiment_many(texts, concurrency=2)
    assert_type(many, list[aiaas.TextSentiment | aiaas.ItemError])
    alike = client.text.similarity_many(pairs)
    assert_type(alike, list[aiaas.TextSimilarity | aiaas.ItemError])
    client.text.sentiment("a", level="word")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.text.redact("a", mode="burn")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.text.sentiment(b"a")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.text.similarity_many(["a", "b"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


def generated_text(client: aiaas.Client) -> None:
    assert_type(client.text.generate("a", stop=["."]), aiaas.GeneratedText)
    with client.text.generate_stream("a", seed=1) as stream:
        assert_type(stream, aiaas.EventStream[aiaas.GeneratedToken, aiaas.GeneratedText])
        for token in stream:
            assert_type(token, aiaas.GeneratedToken)
        assert_type(stream.final(), aiaas.GeneratedText)
        assert_type(stream.final().usage, aiaas.GenerationUsage)


def models(client: aiaas.Client) -> None:
    for model in client.models.list(task="image-classification"):
        assert_type(model, aiaas.Model)
    for page in client.models.list().pages():
        assert_type(page, aiaas.Page[aiaas.Model])
        assert_type(page.request_id, str | None)
    assert_type(client.models.retrieve("m").metrics, tuple[aiaas.Metric, ...])


def any_operation(client: aiaas.Client, request: ClassifyImagesRequest) -> None:
    assert_type(client.request(HEALTH), Health)
    assert_type(client.request(CLASSIFY, request), ClassifyImagesResponse)


def errors(error: aiaas.APIStatusError, lost: aiaas.APIConnectionError) -> None:
    assert_type(error.status, int)
    assert_type(error.code, str | None)
    assert_type(error.retryable, bool)
    assert_type(error.errors, tuple[aiaas.ProblemDetail, ...])
    assert_type(lost.host, str)


def options_of_a_call(client: aiaas.Client) -> None:
    client.images.classify(b"...", timeout_s=3, deadline_s=None, retries=2, headers={"X-Team": "a"})
    client.files.delete("file_1", idempotency_key="k", retries=aiaas.Retry(max_attempts=5))
    client.images.classify(b"...", tpo_k=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.images.classify(b"...", retries="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(client.with_options(deadline_s=3), aiaas.Client)
    client.with_options(idempotency_key="k")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def who_asks(secret: str) -> None:
    async def key() -> str:
        return secret

    aiaas.Client(lambda: secret)
    aiaas.AsyncClient(lambda: secret)
    aiaas.AsyncClient(key)
    aiaas.Client(aiaas.OAuth2ClientCredentials("key_1", secret), profile="staging")
    aiaas.Client(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def files(client: aiaas.Client, path: Path, pipe: IO[bytes]) -> None:
    stored = client.files.create(path, purpose="batch", expires_after_s=60)
    assert_type(stored, aiaas.File)
    assert_type(stored.idempotent_replay, bool)
    client.files.create(pipe)
    client.files.create(b"...")
    for file in client.files.list(cursor="c"):
        assert_type(file, aiaas.File)
    content = client.files.content(stored.id)
    assert_type(content, aiaas.FileContent)
    assert_type(content.read(), bytes)
    assert_type(content.save(path), int)
    with content as pieces:
        for piece in pieces:
            assert_type(piece, bytes)


def whole_answers(client: aiaas.Client) -> None:
    response = client.raw.send(HEALTH)
    assert_type(response, aiaas.Response[Health])
    assert_type(response.parse(), Health)
    assert_type(response.rate_limit, aiaas.RateLimit | None)
    with client.raw.stream(HEALTH) as streamed:
        assert_type(streamed, aiaas.StreamedResponse)
    assert_type(client.usage.retrieve().data, tuple[aiaas.OperationUsage, ...])


def around_attempts() -> None:
    def traced(call: aiaas.Call, proceed: aiaas.Proceed) -> aiaas.RawResponse:
        return proceed(call.with_headers(traceparent="00-1-2-3"))

    async def traced_async(call: aiaas.Call, proceed: aiaas.AsyncProceed) -> aiaas.RawResponse:
        return await proceed(call)

    aiaas.Client(middleware=[traced])
    aiaas.AsyncClient(middleware=[traced_async])
    aiaas.Client(middleware=[traced_async])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


def policies() -> None:
    aiaas.Retry(
        budget=aiaas.RetryBudget(capacity=10),
        when=tenacity.retry_if_exception_type(aiaas.APIConnectionError),
        stop=tenacity.stop_after_delay(10),
        wait=tenacity.wait_fixed(1) + tenacity.wait_random(0, 1),
    )


async def asynchronous(client: aiaas.AsyncClient) -> None:
    async with client as same:
        assert_type(same, aiaas.AsyncClient)
    assert_type(await client.images.classify("cat.jpg"), aiaas.ImageClassification)
    assert_type(
        await client.images.embed_many(["cat.jpg"]), list[aiaas.ImageEmbedding | aiaas.ItemError]
    )
    assert_type(client.models.list().pages(), AsyncIterator[aiaas.Page[aiaas.Model]])
    async for model in client.models.list():
        assert_type(model, aiaas.Model)
    assert_type(await client.request(HEALTH), Health)
    assert_type(await client.files.create(b"..."), aiaas.File)
    assert_type(await client.files.content("file_1").read(), bytes)
    assert_type(await client.raw.send(HEALTH), aiaas.Response[Health])
    assert_type(client.with_options(timeout_s=1), aiaas.AsyncClient)
    assert_type(await client.text.embed("a"), aiaas.TextEmbedding)
    assert_type(
        await client.text.classify_many(["a"]), list[aiaas.TextClassification | aiaas.ItemError]
    )
    async with client.text.generate_stream("a") as stream:
        async for token in stream:
            assert_type(token, aiaas.GeneratedToken)
        assert_type(await stream.final(), aiaas.GeneratedText)
