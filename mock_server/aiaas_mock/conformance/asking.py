"""Ask a deployment, through the SDK, for what the figures of a model's card are computed from.

Each function is what the model's family in the zoo would compute here: the same arithmetic then
makes the same figures of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from aiaas import Client, ItemError
from aiaas_mock.conformance.process import ServerProcess
from aiaas_mock.inference.cards import Card, Task
from aiaas_mock.inference.preprocess.entities import Entity
from aiaas_mock.zoo import Answers
from aiaas_mock.zoo.errors import ZooError

if TYPE_CHECKING:
    from aiaas import Prediction

ResultT = TypeVar("ResultT")

Floats = NDArray[np.float64]


def asker(client: Client, card: Card) -> Answers:
    """Return the function that has a deployment answer texts with a card's model.

    It gives, by the card's task: a matrix of probabilities in the order of the model's labels, a
    matrix of vectors, or the entities of each text.

    Raises:
        ZooError: No operation shows what the model's figures are computed from.
    """
    make = _ASKERS.get(card.task)
    if make is None:
        raise ZooError("not_answered", f"the figures of {card.id} cannot be had over the network")
    return make(client, card)


@contextmanager
def deployment(models: Path) -> Iterator[Callable[[Card], Answers]]:
    """Run a server with the bundles of a folder, and give the function that asks it.

    Raises:
        ServerDied: It did not start.
    """
    key = secrets.token_hex(16)
    arguments = ("--models", str(models), "--api-key", key, "--log-level", "warning")
    with ServerProcess(*arguments) as server, Client(api_key=key, base_url=server.url) as client:
        yield partial(asker, client)


def _sentiments(client: Client, card: Card) -> Answers:
    labels, ask = _labels(client, card), partial(client.text.sentiment_many, model=card.id)
    return lambda texts: _matrix([one.scores for one in _all(ask(texts))], labels)


def _emotions(client: Client, card: Card) -> Answers:
    labels, ask = _labels(client, card), partial(client.text.emotions_many, model=card.id)
    return lambda texts: _matrix([one.scores for one in _all(ask(texts))], labels)


def _classes(client: Client, card: Card) -> Answers:
    labels = _labels(client, card)
    outside = getattr(card.output, "out_of_scope", None)

    def ask(texts: Sequence[str]) -> Floats:
        answers = _all(client.text.classify_many(texts, model=card.id))
        rows = _matrix([one.predictions for one in answers], labels)
        if outside is not None:
            rows[:, labels.index(outside.label)] = [one.out_of_scope_score for one in answers]
        return rows

    return ask


def _vectors(client: Client, card: Card) -> Answers:
    def ask(texts: Sequence[str]) -> NDArray[np.float32]:
        answers = _all(client.text.embed_many(texts, model=card.id))
        return np.array([one.vector for one in answers], np.float32)

    return ask


def _entities(client: Client, card: Card) -> Answers:
    def ask(texts: Sequence[str]) -> list[list[Entity]]:
        answers = _all(client.text.entities_many(texts, model=card.id))
        return [
            [Entity(found.start, found.end, found.type, found.score) for found in one.entities]
            for one in answers
        ]

    return ask


_ASKERS: Final[dict[Task, Callable[[Client, Card], Answers]]] = {
    "text-sentiment": _sentiments,
    "text-emotions": _emotions,
    "text-classification": _classes,
    "text-embedding": _vectors,
    "text-entities": _entities,
}


def _labels(client: Client, card: Card) -> list[str]:
    return list(client.models.retrieve(card.id).labels or ())


def _matrix(scores: Sequence[Sequence[Prediction]], labels: Sequence[str]) -> Floats:
    place = {label: at for at, label in enumerate(labels)}
    rows = np.zeros((len(scores), len(labels)))
    for row, said in zip(rows, scores, strict=True):
        for one in said:
            row[place[one.label]] = one.score
    return rows


def _all(answers: Sequence[ResultT | ItemError]) -> list[ResultT]:
    """Return the answers if every text has one."""
    results = []
    for answer in answers:
        if isinstance(answer, ItemError):
            reason = f"text {answer.index} was refused: {answer.error.detail}"
            raise ZooError("not_answered", reason)
        results.append(answer)
    return results
