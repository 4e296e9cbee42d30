# Generated from aiaas/_async/text_generation.py by `make sync`; edit that file instead.
"""Text: generation, at once or token by token."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiaas._core import text_calls as calls
from aiaas._core.inference import parse_whole
from aiaas._core.text_types import GeneratedText
from aiaas._sync.streams import EventStream
from aiaas._sync.text_calls import TextCalls
from aiaas.contract.text.generation import GeneratedToken

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions


class TextGenerating(TextCalls):
    """How texts go on."""

    def generate(
        self,
        prompt: str = "",
        *,
        max_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        seed: int | None = None,
        stop: Sequence[str] = (),
        model: str | None = None,
        **options: Unpack[CallOptions],
    ) -> GeneratedText:
        """Continue a text, and return when all of it is there.

        Args:
            prompt: The beginning; may be empty.
            max_tokens: Most tokens to generate, 1 to 1024; the deployment's default is 64.
            temperature: 0 takes the most probable token each time, up to 2 is more varied; the
                deployment's default is 0.8.
            top_p: Draw only from the most probable tokens that together have this probability.
            seed: Equal seeds give equal texts; chosen by the deployment when omitted.
            stop: Up to 4 texts before which generation ends.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            options: Options for this call; see `CallOptions`.

        Returns:
            What follows the prompt in ``text``, why it ends in ``finish_reason``, and the
            ``seed`` that gives the same again.

        Raises:
            InvalidRequestError: A parameter is out of its range.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> answer = client.text.generate("To be, or not", temperature=0, seed=1)
            >>> print(answer.text, answer.finish_reason, answer.usage.completion_tokens)
        """
        fields = _fields(prompt, max_tokens, temperature, top_p, seed, stop, model)
        outgoing = calls.generate_request(fields, stream=False)
        response = self._pipeline.send(outgoing, options)
        return parse_whole(calls.GENERATE.operation, response, GeneratedText)

    @contextmanager
    def generate_stream(
        self,
        prompt: str = "",
        *,
        max_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        seed: int | None = None,
        stop: Sequence[str] = (),
        model: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Generator[EventStream[GeneratedToken, GeneratedText], None]:
        """Continue a text, and give each token as soon as it is there.

        The block begins with the first token: what fails until then is repeated like any other
        call. What fails later is raised by the iteration, and what came before it is valid.

        Args:
            prompt: The beginning; may be empty.
            max_tokens: Most tokens to generate, 1 to 1024; the deployment's default is 64.
            temperature: 0 takes the most probable token each time, up to 2 is more varied; the
                deployment's default is 0.8.
            top_p: Draw only from the most probable tokens that together have this probability.
            seed: Equal seeds give equal texts; chosen by the deployment when omitted.
            stop: Up to 4 texts before which generation ends.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            options: Options for this call; see `CallOptions`. ``timeout_s`` is also the longest
                wait for a token.

        Returns:
            A context manager of the stream: iterate over its tokens; ``final()`` is the whole
            answer, as `generate` returns it.

        Raises:
            InvalidRequestError: A parameter is out of its range.
            NotFoundError: There is no such model.
            StreamTruncatedError: The stream ended too early.
            StreamIdleError: No token came in time.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> with client.text.generate_stream("To be, or not") as stream:
            ...     for token in stream:
            ...         print(token.text, end="", flush=True)
            ...     print(stream.final().finish_reason)
        """
        fields = _fields(prompt, max_tokens, temperature, top_p, seed, stop, model)
        outgoing = calls.generate_request(fields, stream=True)
        with self._pipeline.events(outgoing, calls.GENERATE, options) as stream:
            yield stream


def _fields(
    prompt: str,
    max_tokens: int | None,
    temperature: float | None,
    top_p: float | None,
    seed: int | None,
    stop: Sequence[str],
    model: str | None,
) -> dict[str, object]:
    if isinstance(stop, str):
        raise TypeError(f"stop must be several texts; got one: [{stop!r}] is meant")
    return {
        "prompt": prompt,
        "max_tokens": max_tokens,
        "temperature": temperature,
        "top_p": top_p,
        "seed": seed,
        "stop": list(stop) or None,
        "model": model,
    }
