"""Text: sentiment, emotions, classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aiaas._async.text_calls import AsyncTextCalls
from aiaas._core import text_calls as calls
from aiaas._core.bulk import Progress
from aiaas._core.text_types import TextClassification, TextEmotions, TextSentiment
from aiaas._core.texts import write
from aiaas.contract.answers import ItemError

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions
    from aiaas.contract.text.classification import Level


class AsyncTextClassifying(AsyncTextCalls):
    """What texts say on the whole."""

    async def sentiment(
        self,
        text: str,
        *,
        model: str | None = None,
        language: str | None = None,
        level: Level = "document",
        explain: bool = False,
        **options: Unpack[CallOptions],
    ) -> TextSentiment:
        """Say whether a text is positive or negative, in English or Chinese.

        Args:
            text: The text.
            model: ``name``, ``name@version`` or an alias; the deployment's default for the
                language when omitted.
            language: Its language, such as ``en`` or ``zh``; found by itself when omitted.
            level: ``sentence`` to answer for each sentence too, in ``sentences``.
            explain: Whether to say in ``explanation`` what each part of the text contributes.
            options: Options for this call; see `CallOptions`.

        Returns:
            The best class in ``label`` and ``score``, all in ``scores``, and the ``language``.

        Raises:
            InvalidInputError: The text is empty or too long, or its language is not supported.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> answer = await client.text.sentiment("What a lovely film!", explain=True)
            >>> print(answer.label, answer.score, answer.language)
        """
        fields = {"model": model, "language": language, "level": level, "explain": explain}
        return await self._one(calls.SENTIMENT, write(text), fields, options)

    async def sentiment_many(
        self,
        texts: Iterable[str],
        *,
        model: str | None = None,
        language: str | None = None,
        level: Level = "document",
        explain: bool = False,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[TextSentiment | ItemError]:
        """Say of many texts whether they are positive or negative.

        Args:
            texts: The texts, in any mixture of languages; a generator is read only as fast as
                they are sent.
            model: ``name``, ``name@version`` or an alias; the deployment's default for the
                language of each text when omitted.
            language: Language of all texts; found for each by itself when omitted.
            level: ``sentence`` to answer for each sentence too, in ``sentences``.
            explain: Whether to say in ``explanation`` what each part of a text contributes.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of texts answered so far and the
                number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per text, in the order given: its sentiment, or an `ItemError` if that text
            alone could not be used. ``index`` counts over all texts.

        Raises:
            AiaasError: A whole request failed; texts that were not sent yet are not sent.

        Example:
            >>> for answer in await client.text.sentiment_many(["Great!", "太差了"]):
            ...     if isinstance(answer, aiaas.ItemError):
            ...         print(answer.index, "failed:", answer.error.detail)
            ...     else:
            ...         print(answer.index, answer.language, answer.label)
        """
        fields = {"model": model, "language": language, "level": level, "explain": explain}
        return await self._many(
            calls.SENTIMENT, texts, write, fields, options, concurrency, progress
        )

    async def emotions(
        self, text: str, *, model: str | None = None, **options: Unpack[CallOptions]
    ) -> TextEmotions:
        """Find the emotions in a text; there may be several, or none.

        Args:
            text: The text.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            options: Options for this call; see `CallOptions`.

        Returns:
            The emotions that hold in ``labels``, the probability of each in ``scores``.

        Raises:
            InvalidInputError: The text is empty or too long.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> print((await client.text.emotions("Thanks, you made my day!")).labels)
        """
        return await self._one(calls.EMOTIONS, write(text), {"model": model}, options)

    async def emotions_many(
        self,
        texts: Iterable[str],
        *,
        model: str | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[TextEmotions | ItemError]:
        """Find the emotions in many texts.

        Args:
            texts: The texts; a generator is read only as fast as they are sent.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of texts answered so far and the
                number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per text, in the order given: its emotions, or an `ItemError` if that text
            alone could not be used. ``index`` counts over all texts.

        Raises:
            AiaasError: A whole request failed; texts that were not sent yet are not sent.
        """
        fields = {"model": model}
        return await self._many(
            calls.EMOTIONS, texts, write, fields, options, concurrency, progress
        )

    async def classify(
        self,
        text: str,
        *,
        model: str | None = None,
        top_k: int | None = None,
        explain: bool = False,
        **options: Unpack[CallOptions],
    ) -> TextClassification:
        """Say what a text wants, and whether none of the known classes fits.

        Args:
            text: The text.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            top_k: Most classes to answer, 1 to 1000; all when omitted.
            explain: Whether to say in ``explanation`` what each part of the text contributes.
            options: Options for this call; see `CallOptions`.

        Returns:
            The best class in ``label`` and ``score``. Look at ``abstained`` before acting on it:
            it is true when the score is too low to rely on, or the text is out of scope.

        Raises:
            InvalidInputError: The text is empty or too long.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> intent = await client.text.classify("I lost my card")
            >>> print("ask a person" if intent.abstained else intent.label)
        """
        fields = {"model": model, "top_k": top_k, "explain": explain}
        return await self._one(calls.CLASSIFY, write(text), fields, options)

    async def classify_many(
        self,
        texts: Iterable[str],
        *,
        model: str | None = None,
        top_k: int | None = None,
        explain: bool = False,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[TextClassification | ItemError]:
        """Say what many texts want, and whether none of the known classes fits.

        Args:
            texts: The texts; a generator is read only as fast as they are sent.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            top_k: Most classes to answer for each, 1 to 1000; all when omitted.
            explain: Whether to say in ``explanation`` what each part of a text contributes.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of texts answered so far and the
                number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per text, in the order given: its class, or an `ItemError` if that text
            alone could not be used. ``index`` counts over all texts.

        Raises:
            AiaasError: A whole request failed; texts that were not sent yet are not sent.
        """
        fields = {"model": model, "top_k": top_k, "explain": explain}
        return await self._many(
            calls.CLASSIFY, texts, write, fields, options, concurrency, progress
        )
