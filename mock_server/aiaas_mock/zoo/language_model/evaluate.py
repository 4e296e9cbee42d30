"""Measure the language model, step by step as it is served."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import StepInput
from aiaas_mock.inference.card_outputs import NextTokenOutput
from aiaas_mock.inference.cards import Card, Metric
from aiaas_mock.inference.preprocess.generation import TextTokens
from aiaas_mock.zoo.language_model.clean import clean_texts
from aiaas_mock.zoo.language_model.tokens import END_ID, beginnings, between_ends
from aiaas_mock.zoo.measuring import Interpreter
from aiaas_mock.zoo.word2vec.corpus import load_texts

Floats = NDArray[np.float32]
Step = Callable[[Floats], Floats]
"""Runs rows of token and state to rows of scores and new state."""

STREAMS = 64
MOST_TEXTS = 4_000


@dataclass(frozen=True, slots=True)
class Losses:
    """Losses in nats, summed over `tokens` tokens and `characters` characters."""

    total: float
    tokens: int
    characters: int

    @property
    def token_perplexity(self) -> float:
        """Perplexity of a token."""
        return round(float(np.exp(self.total / self.tokens)), 2)

    @property
    def character_perplexity(self) -> float:
        """Perplexity of a character."""
        return round(float(np.exp(self.total / self.characters)), 3)


def evaluate(*, card: Card, folder: Path, data: Path, bundles: Path) -> tuple[Metric, ...]:
    """Return the perplexity on the validation splits."""
    del bundles
    spec, output = specs_of(card)
    tokens = TextTokens.of_bundle(folder, spec)
    texts = held_out(data)
    encoded = [between_ends(tokens.encode(text)) for text in texts]
    losses = Losses(
        sum_of_losses(encoded, runner(folder, card), spec, output),
        sum(len(text) - 1 for text in encoded),
        characters_of(encoded, tokens),
    )
    return metrics_of(card, losses, len(texts))


def specs_of(card: Card) -> tuple[StepInput, NextTokenOutput]:
    """Return the input and the output of a card.

    Raises:
        TypeError: It is not of a language model.
    """
    if not isinstance(card.input, StepInput) or not isinstance(card.output, NextTokenOutput):
        raise TypeError(f"{card.id} is no language model")
    return card.input, card.output


def held_out(data: Path) -> list[str]:
    """Read the texts that are measured on: of the validation splits, evenly chosen."""
    texts = beginnings(clean_texts(load_texts(data, "val")))
    return texts[:: -(-len(texts) // MOST_TEXTS)]


def runner(folder: Path, card: Card) -> Step:
    """Return a function that runs a bundle here, without a server."""
    return Interpreter(folder, card, variant=card.default_variant).run


def sum_of_losses(
    texts: Sequence[Sequence[int]], step: Step, spec: StepInput, output: NextTokenOutput
) -> float:
    """Run texts through the model, many side by side, and sum up the loss of each token."""
    ordered = sorted(texts, key=len)
    total = 0.0
    for at in range(0, len(ordered), STREAMS):
        group = ordered[at : at + STREAMS]
        rows = np.zeros((len(group), spec.size), np.float32)
        for place in range(len(group[-1]) - 1):
            rows[:, 0] = [text[place] if place < len(text) else 0 for text in group]
            outputs = step(rows)
            rows[:, 1:] = outputs[:, output.vocabulary :]
            there = [number for number, text in enumerate(group) if place + 1 < len(text)]
            wanted = [group[number][place + 1] for number in there]
            total += _loss(outputs[there, : output.vocabulary], wanted)
    return total


def characters_of(texts: Sequence[Sequence[int]], tokens: TextTokens) -> int:
    """Count the characters of texts that were cut off after some token; an end counts as one."""
    total = 0
    for text in texts:
        data = b"".join(map(tokens.bytes_of, text))
        total += len(data.decode("utf-8", "ignore")) + (text[-1] == END_ID)
    return total


def metrics_of(card: Card, losses: Losses, texts: int) -> tuple[Metric, ...]:
    """Return the metrics of the card."""
    split = f"validation, {texts} texts of GoEmotions, CLINC150 and the Chinese reviews"
    values = {
        "perplexity per token": losses.token_perplexity,
        "perplexity per character": losses.character_perplexity,
    }
    return tuple(
        Metric(
            name=name,
            split=split,
            value=value,
            variant=card.default_variant,
            command=f"aiaas-mock evaluate {card.name} --data DIR",
            note=f"{losses.tokens} tokens, {losses.characters} characters; lower is better",
        )
        for name, value in values.items()
    )


def microseconds_per_step(step: Step, spec: StepInput, streams: int) -> float:
    """Measure the median time of one step of several streams together."""
    rows = np.zeros((streams, spec.size), np.float32)
    times = []
    for _ in range(200):
        began = perf_counter()
        step(rows)
        times.append(perf_counter() - began)
    return float(np.median(times)) * 1e6


def _loss(logits: Floats, wanted: Sequence[int]) -> float:
    highest = logits.max(axis=1, keepdims=True)
    sums = np.log(np.exp(logits - highest).sum(axis=1, dtype=np.float64)) + highest[:, 0]
    return float((sums - logits[np.arange(len(wanted)), list(wanted)]).sum())
