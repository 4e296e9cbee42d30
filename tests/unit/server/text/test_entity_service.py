"""Entities: texts become rows, rows become names, names keep their places."""

import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from aiaas.contract.answers import ItemError
from aiaas.contract.text.extraction import EntitiesRequest, RedactRequest
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.backend import Array, Inference
from aiaas_mock.inference.bundles import Catalogue, ModelRef
from aiaas_mock.inference.cards import Card, write_card
from aiaas_mock.inference.local import LocalBackend
from aiaas_mock.inference.preprocess.words import split_words
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.text import entities
from aiaas_mock.services.text.entities import EntityService, PersonNames
from aiaas_mock.services.text.extraction import ExtractionService
from aiaas_mock.services.text.languages import LanguageDetector

AssertLinear = Callable[[Callable[[str], object], str], None]

WORDS: Final = 4
TAGS: Final = ("O", "B-person", "I-person", "B-location", "I-location")
KNOWN: Final = {"ann": "B-person", "lee": "I-person", "paris": "B-location"}
CARD: Final = {
    "name": "names",
    "version": "1",
    "task": "text-entities",
    "summary": "Three words",
    "origin": "trained-by-us",
    "languages": ["en"],
    "input": {
        "kind": "words",
        "length": WORDS,
        "overlap": 2,
        "vocabulary_file": "words.txt",
        "alphabet": "abc",
        "characters": 3,
        "buckets": 8,
    },
    "output": {
        "kind": "tags",
        "size": WORDS * len(TAGS),
        "labels_file": "tags.txt",
        "start": [0.0] * len(TAGS),
        "transitions": [[0.0] * len(TAGS)] * len(TAGS),
    },
    "max_batch": 8,
    "architecture": "none",
    "data": {"name": "none", "licence": "CC0-1.0", "source": "made up", "split": "none"},
    "limits": "Everything",
    "licence": "Apache-2.0",
    "created": "2026-01-02",
    "variants": {"float32": {"engine": "litert", "file": "model.tflite"}},
    "default_variant": "float32",
}


class Tagger(LocalBackend):
    """Knows three words by their ids."""

    async def infer(self, ref: ModelRef, inputs: Array, *, deadline: float) -> Inference:
        ids = inputs.reshape(len(inputs), WORDS, -1)[:, :, 0]
        scores = np.zeros((*ids.shape, len(TAGS)), np.float32)
        scores[..., 0] = 4.0
        for number, tag in enumerate(KNOWN.values(), 2):
            scores[ids == number, TAGS.index(tag)] = 9.0
        return Inference(scores.reshape(len(inputs), -1), 0.25, len(inputs))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "names" / "1"
    folder.mkdir(parents=True)
    (folder / "model.tflite").write_bytes(b"no real weights")
    (folder / "words.txt").write_text("\n".join(KNOWN), "utf-8")
    (folder / "tags.txt").write_text("\n".join(TAGS), "utf-8")
    write_card(folder, Card.model_validate(CARD))
    return folder


@pytest.fixture
async def backend(folder: Path) -> AsyncIterator[Tagger]:
    backend = Tagger(Catalogue.scan(folder.parents[1]), engine="null")
    yield backend
    await backend.close()


@pytest.fixture
def service(backend: Tagger, executor: Executor) -> EntityService:
    models = ModelDirectory(backend, {"text.entities": "names"})
    return EntityService(backend, models, executor)


async def test_names_are_found_in_their_places_and_errors_stay_in_theirs(
    service: EntityService, context: RequestContext
) -> None:
    text = "👍 Ann Lee went to Paris"
    answer = await service.entities(EntitiesRequest(inputs=("", text, "no", "😀")), context)
    empty, found, *others = answer.results
    assert isinstance(empty, ItemError)
    assert not isinstance(found, ItemError)
    assert [(one.text, one.type) for one in found.entities] == [
        ("Ann Lee", "person"),
        ("Paris", "location"),
    ]
    assert all(text[one.start : one.end] == one.text for one in found.entities)
    assert all(0.9 < one.score <= 1 for one in found.entities)
    assert [one.index for one in others] == [2, 3]
    assert (answer.model, answer.usage.inputs) == ("names@1", 3)
    trace = context.trace
    assert (trace.model, trace.inputs, trace.failed_inputs) == ("names@1", 4, 1)
    assert trace.queue_s == 0.25


async def test_a_long_text_is_read_to_its_end(
    service: EntityService, context: RequestContext
) -> None:
    text = "extraordinary " * 3_000 + "Ann Lee"
    answer = await service.entities(EntitiesRequest(inputs=(text, "Paris", text)), context)
    spans = [
        [(one.start, one.end) for one in result.entities]
        for result in answer.results
        if not isinstance(result, ItemError)
    ]
    assert spans == [[(42_000, 42_007)], [(0, 5)], [(42_000, 42_007)]]


async def test_types_and_scores_that_are_not_wanted_are_left_out(
    service: EntityService, context: RequestContext
) -> None:
    inputs = ("Ann Lee went to Paris",)
    answer = await service.entities(EntitiesRequest(inputs=inputs, types=("location",)), context)
    assert not isinstance(answer.results[0], ItemError)
    assert [one.text for one in answer.results[0].entities] == ["Paris"]
    answer = await service.entities(EntitiesRequest(inputs=inputs, min_score=1.0), context)
    assert not isinstance(answer.results[0], ItemError)
    assert answer.results[0].entities == ()


async def test_a_type_that_the_model_does_not_know_is_refused(
    service: EntityService, context: RequestContext
) -> None:
    request = EntitiesRequest(inputs=("x",), types=("person", "animal"))
    with pytest.raises(ApiError, match="location, person") as caught:
        await service.entities(request, context)
    assert (caught.value.code, caught.value.param) == ("invalid_request", "/types/1")


async def test_a_bundle_that_was_changed_is_not_used(
    service: EntityService, context: RequestContext, folder: Path
) -> None:
    (folder / "words.txt").write_text("mallory", "utf-8")
    with pytest.raises(ApiError) as caught:
        await service.entities(EntitiesRequest(inputs=("x",)), context)
    assert caught.value.code == "model_unavailable"


async def test_redaction_finds_people_through_the_tagger_in_its_language(
    service: EntityService, backend: Tagger, executor: Executor, context: RequestContext
) -> None:
    names = PersonNames(service, backend.catalogue.resolve("names"))
    redaction = ExtractionService(executor, LanguageDetector(), names)
    inputs = ("Ann Lee: ann@example.com", "", "我的名字是Ann，请联系", "In Paris")
    answer = await redaction.redact(RedactRequest(inputs=inputs), context)
    texts = [result.text for result in answer.results if not isinstance(result, ItemError)]
    assert texts == ["[PERSON]: [EMAIL]", "我的名字是Ann，请联系", "In Paris"]
    assert context.trace.model == "redaction-rules@1"
    await redaction.redact(RedactRequest(inputs=("很好",)), context)


@pytest.mark.parametrize(
    "unit",
    ["ab.", "a.@", "a@a-", "a@", "a_", ":D", "8D", "an't", "'s", "A.", "0.0@", "a'", "!?", "www.a"],
)
def test_words_of_a_text_of_any_shape_take_linear_time(
    unit: str, assert_linear: AssertLinear
) -> None:
    assert_linear(split_words, unit)


async def test_answers_are_written_down_away_from_the_event_loop(
    service: EntityService, context: RequestContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set()
    original = entities._result

    def watched(*args: Any, **options: Any) -> Any:
        threads.add(threading.get_ident())
        return original(*args, **options)

    monkeypatch.setattr(entities, "_result", watched)
    await service.entities(EntitiesRequest(inputs=("Ann", "Lee")), context)
    assert len(threads) == 1
    assert threading.get_ident() not in threads
