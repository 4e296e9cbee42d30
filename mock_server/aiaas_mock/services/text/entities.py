"""Names in texts, found by a tagger."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from aiaas.contract.answers import Usage
from aiaas.contract.text.extraction import (
    ENTITIES,
    EntitiesRequest,
    EntitiesResponse,
    Entity,
    TextEntities,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.backend import Floats, ModelBackend
from aiaas_mock.inference.bundles import Bundle, ModelRef
from aiaas_mock.inference.card_inputs import WordsInput
from aiaas_mock.inference.card_outputs import TagsOutput
from aiaas_mock.inference.cards import read_labels
from aiaas_mock.inference.preprocess.entities import Entity as Found
from aiaas_mock.inference.preprocess.entities import EntityDecoder
from aiaas_mock.inference.preprocess.words import EncodedWords, WordsEncoder
from aiaas_mock.services.blocks import BlockRunner, failures, in_places, refusals
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.text.inputs import BundleCache, checked
from aiaas_mock.services.text.languages import LanguageDetector
from aiaas_mock.services.text.portions import by_portions, portions
from aiaas_mock.services.text.redaction import PERSON, FoundName

_SCORE_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class _Tagger:
    """What goes before and after the model."""

    encoder: WordsEncoder
    decoder: EntityDecoder
    types: frozenset[str]

    @classmethod
    def of_bundle(cls, bundle: Bundle) -> _Tagger:
        """Read the vocabulary, the lists and the tags of a bundle."""
        spec, output = bundle.card.input, bundle.card.output
        if not isinstance(spec, WordsInput) or not isinstance(output, TagsOutput):
            raise TypeError(f"{bundle.card.id} does not tag words")
        labels = read_labels(bundle.folder, output)
        return cls(
            WordsEncoder.of_bundle(bundle.folder, spec),
            EntityDecoder(spec, output, labels),
            frozenset(label.partition("-")[2] for label in labels) - {""},
        )

    def encode(self, texts: Sequence[str]) -> list[EncodedWords]:
        """Cut texts into words."""
        return [self.encoder.encode(text) for text in texts]

    def decode(self, encoded: Sequence[EncodedWords], outputs: Floats) -> list[list[Found]]:
        """Find the entities of each text; a long text has several rows of the output."""
        ends = np.cumsum([len(one.rows) for one in encoded])[:-1]
        parts = np.split(outputs, ends)
        return [
            self.decoder.decode(part, one.spans) for one, part in zip(encoded, parts, strict=True)
        ]


class EntityService:
    """Answers ``text.entities``.

    Args:
        backend: What runs the models.
        models: Finds the model that a request means.
        executor: Threads that cut texts into words, so that the event loop stays free.
    """

    def __init__(self, backend: ModelBackend, models: ModelDirectory, executor: Executor) -> None:
        self._runner = BlockRunner(backend, executor)
        self._models = models
        self._taggers = BundleCache(_Tagger.of_bundle, executor)

    async def entities(self, request: EntitiesRequest, context: RequestContext) -> EntitiesResponse:
        """Answer ``text.entities``."""
        ref = self._models.find(request.model, ENTITIES.name)
        items = [checked(text) for text in request.inputs]
        trace = context.trace
        trace.model, trace.inputs, trace.failed_inputs = ref.id, len(items), failures(items)
        await self._check_types(ref, request.types)
        texts = {index: item for index, item in enumerate(items) if isinstance(item, str)}
        found = await self.find(ref, list(texts.values()), context)
        answers = list(zip(texts.items(), found, strict=True))
        write = partial(_results, types=request.types, min_score=request.min_score)
        written = await by_portions(
            self._runner.executor, answers, lambda answer: len(answer[0][1]), write, context
        )
        return EntitiesResponse(
            id=context.new_id("ten"),
            object="text.entities",
            model=ref.id,
            usage=Usage(inputs=len(texts)),
            results=tuple(in_places(items, written, lambda index, text, result: result)),
        )

    async def find(
        self, ref: ModelRef, texts: Sequence[str], context: RequestContext
    ) -> list[list[Found]]:
        """Find the entities in texts that were looked at already.

        Raises:
            ApiError: The model is busy or cannot be loaded, or the deadline passed.
        """
        tagger = await self._tagger(ref)
        found: list[list[Found]] = []
        with refusals(ref), self._runner.backend.admit(ref, len(texts)):
            for portion in portions(texts, len):  # one by one, which bounds the memory
                found += await self._find_in(ref, tagger, portion, context)
        return found

    async def _find_in(
        self, ref: ModelRef, tagger: _Tagger, texts: Sequence[str], context: RequestContext
    ) -> list[list[Found]]:
        loop = asyncio.get_running_loop()
        executor = self._runner.executor
        encoded = await loop.run_in_executor(executor, tagger.encode, texts)
        rows = np.concatenate([one.rows for one in encoded])
        if not len(rows):
            return [[] for _ in texts]
        outputs = await self._runner.infer(ref, rows, context)
        return await loop.run_in_executor(executor, tagger.decode, encoded, outputs)

    async def _tagger(self, ref: ModelRef) -> _Tagger:
        card = ref.card
        if not isinstance(card.input, WordsInput) or not isinstance(card.output, TagsOutput):
            raise ApiError("model_unavailable", f"Model {ref.id} does not tag words.")
        with refusals(ref):
            return await self._taggers.of(ref.bundle)

    async def _check_types(self, ref: ModelRef, types: Sequence[str] | None) -> None:
        if types is None:
            return
        known = (await self._tagger(ref)).types
        for index, name in enumerate(types):
            if name not in known:
                raise ApiError(
                    "invalid_request",
                    f"Model {ref.id} finds {', '.join(sorted(known))}.",
                    param=f"/types/{index}",
                )


class PersonNames:
    """Finds names of people for redaction; a `NameFinder`.

    The tagger learned from English: a Chinese text has no names for it.

    Args:
        service: Runs the tagger.
        ref: The tagger.
    """

    def __init__(self, service: EntityService, ref: ModelRef) -> None:
        self._service = service
        self._ref = ref

    @property
    def model(self) -> str:
        """``name@version`` of the tagger."""
        return self._ref.id

    async def find(
        self, texts: Sequence[str], context: RequestContext
    ) -> Sequence[Sequence[FoundName]]:
        """Return the names of people in each text."""
        read = [LanguageDetector.of(text) in self._ref.card.languages for text in texts]
        asked = [text for text, is_read in zip(texts, read, strict=True) if is_read]
        found = iter(await self._service.find(self._ref, asked, context) if asked else ())
        return [_people(next(found)) if is_read else [] for is_read in read]


def _people(entities: Iterable[Found]) -> list[FoundName]:
    return [
        FoundName(found.start, found.end, found.score)
        for found in entities
        if found.label == PERSON
    ]


def _results(
    answers: Iterable[tuple[tuple[int, str], Sequence[Found]]],
    *,
    types: Sequence[str] | None,
    min_score: float,
) -> list[TextEntities]:
    return [
        _result(index, text, found, types=types, min_score=min_score)
        for (index, text), found in answers
    ]


def _result(
    index: int,
    text: str,
    found: Sequence[Found],
    *,
    types: Sequence[str] | None,
    min_score: float,
) -> TextEntities:
    return TextEntities(
        index=index,
        entities=tuple(
            Entity(
                start=one.start,
                end=one.end,
                text=text[one.start : one.end],
                type=one.label,
                score=round(one.score, _SCORE_DIGITS),
            )
            for one in found
            if one.score >= min_score and (types is None or one.label in types)
        ),
    )
