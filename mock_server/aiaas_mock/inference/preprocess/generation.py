"""Generate text with a recurrent language model: tokens in, tokens out, one step at a time.

Nothing here runs the model: a `Generation` says which row to run next and is told the answer, so
that a server can let many of them share batches.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from aiaas_mock.inference.card_inputs import StepInput
from aiaas_mock.inference.card_outputs import NextTokenOutput

Floats = NDArray[np.float32]
Finish = Literal["stop", "length"]

_PRINTABLE: Final = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))
"""Bytes that a byte-level vocabulary writes as the character of the same number; it writes the
others, in order, as the characters from 256 on (Radford et al. 2019)."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen.

    Attributes:
        temperature: 0 takes the likeliest token; below 1 likely ones gain, above 1 unlikely ones.
        top_p: Only the likeliest tokens that make up this probability together are drawn from.
        seed: Draws with the same seed are the same; without one they differ.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    seed: int | None = None


class Sampler:
    """Chooses tokens, from one seed."""

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        self._rng = np.random.default_rng(sampling.seed)

    def pick(self, logits: Floats) -> int:
        """Choose a token by its score."""
        temperature, top_p = self._sampling.temperature, self._sampling.top_p
        if temperature == 0:
            return int(logits.argmax())
        scaled = logits.astype(np.float64)
        with np.errstate(over="ignore"):  # by the coldest, to minus infinity: a chance of 0
            scaled = (scaled - scaled.max()) / temperature
        chances = np.exp(scaled)
        chances /= chances.sum()
        # Likeliest first, and a stable order: equal ones must not depend on the platform's sort.
        order = np.argsort(-chances, kind="stable")
        sums = np.cumsum(chances[order])
        kept = min(int(np.searchsorted(sums, top_p)) + 1, len(order)) if top_p < 1 else len(order)
        drawn = self._rng.random() * sums[kept - 1]
        return int(order[min(int(np.searchsorted(sums[:kept], drawn, "right")), kept - 1)])


class TextTokens:
    """The tokenizer of a language model: prompts to ids, and what each id stands for.

    Args:
        tokenizer: Byte-level; see `StepInput`.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        special = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
        vocabulary = tokenizer.get_vocab()
        others = (byte for byte in range(256) if byte not in set(_PRINTABLE))
        byte_of = {chr(byte): byte for byte in _PRINTABLE}
        byte_of |= {chr(256 + place): byte for place, byte in enumerate(others)}
        self._bytes = {
            number: b"" if token in special else bytes(byte_of[c] for c in token)
            for token, number in vocabulary.items()
        }

    @classmethod
    def of_bundle(cls, folder: Path, spec: StepInput) -> TextTokens:
        """Read the tokenizer of a bundle."""
        return cls(Tokenizer.from_file(str(folder / spec.tokenizer_file)))

    def encode(self, text: str) -> list[int]:
        """Turn any text without lone surrogates into ids; no start token among them."""
        # Unlike `encode`, this lets other threads have Python's lock meanwhile.
        ids: list[int] = self._tokenizer.encode_batch_fast([text], add_special_tokens=False)[0].ids
        return ids

    def count(self, text: str) -> int:
        """Return the number of tokens of a text."""
        return len(self._tokenizer.encode_batch_fast([text], add_special_tokens=False)[0])

    def bytes_of(self, token: int) -> bytes:
        """Return the UTF-8 bytes that a token stands for, maybe a part of a character.

        A special token stands for none.
        """
        return self._bytes[token]


class TokenStreamer:
    """Turns tokens into text as they come, and never lets half a character out."""

    def __init__(self, tokens: TextTokens) -> None:
        self._tokens = tokens
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def push(self, token: int) -> str:
        """Return the text that this token completes; empty when it ends inside a character."""
        return self._decoder.decode(self._tokens.bytes_of(token))

    def finish(self) -> str:
        """Return what is left: a replacement character when the text ends inside one."""
        return self._decoder.decode(b"", final=True)


class Generation:
    """A text under way: first the prompt goes through the model, then what the model says.

    Args:
        prompt: Tokens of the prompt, without a start token; may be empty.
        spec: The input of the model's card.
        output: The output of the model's card.
        sampler: Chooses the tokens.
        max_tokens: Most tokens to generate, 1 or more.
    """

    def __init__(
        self,
        prompt: Sequence[int],
        spec: StepInput,
        output: NextTokenOutput,
        sampler: Sampler,
        *,
        max_tokens: int,
    ) -> None:
        self._waiting = list(reversed(prompt))
        self._output = output
        self._sampler = sampler
        self._left = max_tokens
        self._row = np.zeros(spec.size, np.float32)
        self._row[0] = spec.start_token
        self._finished: Finish | None = None

    @property
    def row(self) -> Floats:
        """What the model must be run on next."""
        return self._row

    @property
    def finished(self) -> Finish | None:
        """Why there is no more to come: "stop" where the text ended, "length" where it was cut."""
        return self._finished

    def advance(self, outputs: Floats) -> int | None:
        """Take the model's answer to `row`.

        Args:
            outputs: One row, as the card's output says.

        Returns:
            The next token of the text; None while the prompt is read, and at the text's end.
        """
        row = np.empty_like(self._row)
        row[1:] = outputs[self._output.vocabulary :]
        self._row = row
        if self._waiting:
            row[0] = self._waiting.pop()
            return None
        token = self._sampler.pick(outputs[: self._output.vocabulary])
        row[0] = token
        if token == self._output.end_token:
            self._finished = "stop"
            return None
        self._left -= 1
        if self._left == 0:
            self._finished = "length"
        return token
