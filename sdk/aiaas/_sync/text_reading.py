# Generated from aiaas/_async/text_reading.py by `make sync`; edit that file instead.
"""Text: language, summary, tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aiaas._core import text_calls as calls
from aiaas._core.bulk import Progress
from aiaas._core.text_types import DetectedLanguage, TextSummary, TokenCount
from aiaas._core.texts import write
from aiaas._sync.text_calls import TextCalls
from aiaas.contract.answers import ItemError

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions


class TextReading(TextCalls):
    """What texts are."""

    def detect_language(
        self,
        text: str,
        *,
        top_k: int | None = None,
        **options: Unpack[CallOptions],
    ) -> DetectedLanguage:
        """Say which language a text is written in.

        Args:
            text: The text.
            top_k: Most languages to answer, 1 to 200; the deployment's default is 5.
            options: Options for this call; see `CallOptions`.

        Returns:
            The best in ``language`` and ``score`` (``und`` for a text without letters),
            the most probable ones in ``languages``.

        Raises:
            InvalidInputError: The text is empty or too long.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> print(client.text.detect_language("Wie geht es dir?").language)
            de
        """
        fields = {"top_k": top_k}
        return self._one(calls.DETECT_LANGUAGE, write(text), fields, options)

    def detect_language_many(
        self,
        texts: Iterable[str],
        *,
        top_k: int | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[DetectedLanguage | ItemError]:
        """Say which languages many texts are written in.

        Args:
            texts: The texts; a generator is read only as fast as they are sent.
            top_k: Most languages to answer for each, 1 to 200; the deployment's default
                is 5.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of texts answered so
                far and the number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per text, in the order given: its language, or an `ItemError` if
            that text alone could not be used. ``index`` counts over all texts.

        Raises:
            AiaasError: A whole request failed; texts that were not sent yet are not sent.
        """
        fields = {"top_k": top_k}
        return self._many(
            calls.DETECT_LANGUAGE, texts, write, fields, options, concurrency, progress
        )

    def summarize(
        self,
        text: str,
        *,
        max_sentences: int | None = None,
        language: str | None = None,
        **options: Unpack[CallOptions],
    ) -> TextSummary:
        """Keep the most central sentences of a text.

        Args:
            text: The text.
            max_sentences: Most sentences to keep, 1 to 100; the deployment's default is
                3.
            language: Its language, such as ``en``; found by itself when omitted.
            options: Options for this call; see `CallOptions`.

        Returns:
            The kept sentences, in the order of the text: together in ``summary``, with
            positions and scores in ``sentences``.

        Raises:
            InvalidInputError: The text is empty or too long, or its language is not supported.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> print(client.text.summarize(article, max_sentences=2).summary)
        """
        fields = {"max_sentences": max_sentences, "language": language}
        return self._one(calls.SUMMARIZE, write(text), fields, options)

    def summarize_many(
        self,
        texts: Iterable[str],
        *,
        max_sentences: int | None = None,
        language: str | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[TextSummary | ItemError]:
        """Keep the most central sentences of many texts.

        Args:
            texts: The texts; a generator is read only as fast as they are sent.
            max_sentences: Most sentences to keep of each, 1 to 100; the deployment's
                default is 3.
            language: Language of all texts; found for each by itself when omitted.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of texts answered so
                far and the number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per text, in the order given: its summary, or an `ItemError` if
            that text alone could not be used. ``index`` counts over all texts.

        Raises:
            AiaasError: A whole request failed; texts that were not sent yet are not sent.
        """
        fields = {"max_sentences": max_sentences, "language": language}
        return self._many(calls.SUMMARIZE, texts, write, fields, options, concurrency, progress)

    def count_tokens(
        self,
        text: str,
        *,
        model: str | None = None,
        **options: Unpack[CallOptions],
    ) -> TokenCount:
        """Count the tokens of a text, by a model's own tokenizer.

        Args:
            text: The text.
            model: ``name``, ``name@version`` or an alias; when omitted, the
                deployment's default for ``generate``.
            options: Options for this call; see `CallOptions`.

        Returns:
            The number in ``tokens``, and in ``max_tokens`` how many the model looks at.

        Raises:
            InvalidInputError: The text is too long.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> print(client.text.count_tokens("To be, or not to be").tokens)
        """
        fields = {"model": model}
        return self._one(calls.COUNT_TOKENS, write(text), fields, options)

    def count_tokens_many(
        self,
        texts: Iterable[str],
        *,
        model: str | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[TokenCount | ItemError]:
        """Count the tokens of many texts.

        Args:
            texts: The texts; a generator is read only as fast as they are sent.
            model: ``name``, ``name@version`` or an alias; when omitted, the
                deployment's default for ``generate``.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of texts answered so
                far and the number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per text, in the order given: its number of tokens, or an
            `ItemError` if that text alone could not be used. ``index`` counts over all
            texts.

        Raises:
            AiaasError: A whole request failed; texts that were not sent yet are not sent.
        """
        fields = {"model": model}
        return self._many(calls.COUNT_TOKENS, texts, write, fields, options, concurrency, progress)
