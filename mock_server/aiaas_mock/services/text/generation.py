"""Texts that are written here, at once or token by token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import Executor
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from aiaas.contract.answers import Warning
from aiaas.contract.text.generation import (
    GENERATE,
    GeneratedToken,
    GenerateTextRequest,
    GenerateTextResponse,
    GenerationUsage,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.backend import ModelBackend
from aiaas_mock.inference.bundles import Bundle, ModelRef
from aiaas_mock.inference.card_inputs import StepInput
from aiaas_mock.inference.card_outputs import NextTokenOutput
from aiaas_mock.inference.preprocess.generation import (
    Generation,
    Sampler,
    Sampling,
    TextTokens,
    TokenStreamer,
)
from aiaas_mock.services.blocks import BlockRunner, refusals
from aiaas_mock.services.events import Events
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.text.inputs import BundleCache, are_quick
from aiaas_mock.services.text.portions import in_turn
from aiaas_mock.services.text.stops import StopTexts

MOST_PROMPT_TOKENS: Final = 256
"""The last tokens of a prompt that are read, one step of the model each; a recurrent network has
forgotten by then what came before."""

_SEED_BITS: Final = 53  # any JSON parser holds such a number exactly


@dataclass(slots=True)
class _Draft:
    """A text under way.

    Attributes:
        prompt: Tokens of the prompt that are read.
        is_cut: Whether the prompt has more.
        run: What the model is asked next.
        stops: Holds back what may be a stop text.
        pieces: The text so far.
        tokens: How many tokens were generated.
    """

    ref: ModelRef
    seed: int
    prompt: list[int]
    is_cut: bool
    run: Generation
    streamer: TokenStreamer
    stops: StopTexts
    pieces: list[str]
    tokens: int = 0


class TextGenerator:
    """Answers ``text.generate``.

    Args:
        backend: What runs the models.
        models: Finds the model that a request means.
        executor: Threads that cut long prompts into tokens.
    """

    def __init__(self, backend: ModelBackend, models: ModelDirectory, executor: Executor) -> None:
        self._runner = BlockRunner(backend, executor)
        self._models = models
        self._tokens = BundleCache(_read_tokens, executor)

    async def generate(
        self, request: GenerateTextRequest, context: RequestContext
    ) -> GenerateTextResponse | Events:
        """Answer ``text.generate``: with the text, or with its pieces as they are written.

        The same code writes both, so that a seed gives the same text either way.
        """
        ref = self._models.find(request.model, GENERATE.name)
        context.trace.model, context.trace.inputs = ref.id, 1
        draft = await self._begin(ref, request, context)
        if request.stream:
            return Events(self._told(draft, context))
        async with aclosing(self._written(draft, context)) as pieces:
            async for _ in pieces:
                pass
        return _answer(draft, context)

    async def _begin(
        self, ref: ModelRef, request: GenerateTextRequest, context: RequestContext
    ) -> _Draft:
        spec, output = ref.card.input, ref.card.output
        if not isinstance(spec, StepInput) or not isinstance(output, NextTokenOutput):
            raise ApiError("model_unavailable", f"Model {ref.id} does not write step by step.")
        with refusals(ref):
            tokens = await self._tokens.of(ref.bundle)
        prompt = await self._cut(request.prompt, tokens, context)
        read = prompt[-MOST_PROMPT_TOKENS:]
        seed = context.random_bits(_SEED_BITS) if request.seed is None else request.seed
        sampling = Sampling(temperature=request.temperature, top_p=request.top_p, seed=seed)
        return _Draft(
            ref=ref,
            seed=seed,
            prompt=read,
            is_cut=len(read) < len(prompt),
            run=Generation(read, spec, output, Sampler(sampling), max_tokens=request.max_tokens),
            streamer=TokenStreamer(tokens),
            stops=StopTexts(request.stop),
            pieces=[],
        )

    async def _cut(self, prompt: str, tokens: TextTokens, context: RequestContext) -> list[int]:
        """Cut a prompt into tokens, all of it: where a token begins, only what is before tells."""
        if are_quick([prompt]):
            return tokens.encode(prompt)
        (cut,) = await in_turn(self._runner.executor, [prompt], tokens.encode, context)
        return cut

    async def _told(
        self, draft: _Draft, context: RequestContext
    ) -> AsyncGenerator[tuple[str, BaseModel], None]:
        """Tell each piece when it is written, and the whole answer at the end."""
        async with aclosing(self._written(draft, context)) as pieces:
            async for piece in pieces:
                yield "token", GeneratedToken(index=len(draft.pieces) - 1, text=piece)
        yield "done", _answer(draft, context)

    async def _written(self, draft: _Draft, context: RequestContext) -> AsyncGenerator[str, None]:
        """Run the model step by step; yield the pieces of the text that are more than nothing."""
        ref, run = draft.ref, draft.run
        with refusals(ref), self._runner.backend.admit(ref, 1):
            while run.finished is None and not draft.stops.found:
                outputs = await self._runner.infer(ref, run.row[None], context)
                token = run.advance(outputs[0])
                if token is not None:
                    draft.tokens += 1
                    if piece := draft.stops.push(draft.streamer.push(token)):
                        draft.pieces.append(piece)
                        yield piece
                # A step may be run on the event loop itself; others must have their turn.
                await asyncio.sleep(0)
        if piece := _rest(draft):
            draft.pieces.append(piece)
            yield piece


def _rest(draft: _Draft) -> str:
    """Return what was held back: half a character, or what could have begun a stop text."""
    if draft.stops.found:
        return ""
    last = draft.stops.push(draft.streamer.finish())
    return last if draft.stops.found else last + draft.stops.finish()


def _answer(draft: _Draft, context: RequestContext) -> GenerateTextResponse:
    warnings: tuple[Warning, ...] = ()
    if draft.is_cut:
        detail = f"Only the last {MOST_PROMPT_TOKENS} tokens of the prompt were read."
        warnings = (Warning(code="input_truncated", detail=detail),)
    ended = "stop" if draft.stops.found else draft.run.finished
    return GenerateTextResponse(
        id=context.new_id("tgn"),
        object="text.generation",
        model=draft.ref.id,
        usage=GenerationUsage(
            inputs=1, prompt_tokens=len(draft.prompt), completion_tokens=draft.tokens
        ),
        warnings=warnings,
        text="".join(draft.pieces),
        finish_reason=ended or "length",
        seed=draft.seed,
    )


def _read_tokens(bundle: Bundle) -> TextTokens:
    spec = bundle.card.input
    if not isinstance(spec, StepInput):
        raise TypeError(f"{bundle.card.id} is no step of a language model")
    return TextTokens.of_bundle(bundle.folder, spec)
