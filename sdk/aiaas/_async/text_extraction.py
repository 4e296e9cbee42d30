"""Text: entities, personal data, key phrases."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from aiaas._async.text_calls import AsyncTextCalls
from aiaas._core import text_calls as calls
from aiaas._core.bulk import Progress
from aiaas._core.text_types import RedactedText, TextEntities, TextKeyphrases
from aiaas._core.texts import write
from aiaas.contract.answers import ItemError

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions
    from aiaas.contract.text.extraction import RedactionMode


class AsyncTextExtracting(AsyncTextCalls):
    """What texts hold."""

    async def keyphrases(
        self,
        text: str,
        *,
        top_k: int | None = None,
        language: str | None = None,
        **options: Unpack[CallOptions],
    ) -> TextKeyphrases:
        """Find the phrases that tell what a text is about, by TF-IDF.

        Args:
            text: The text.
            top_k: Most phrases to answer, 1 to 1000; the deployment's default is 10.
            language: Its language, such as ``en``; found by itself when omitted.
            options: Options for this call; see `CallOptions`.

        Returns:
            The phrases in ``keyphrases``, best first, each with its ``score``, ``tf``,
            ``idf`` and ``spans``.

        Raises:
            InvalidInputError: The text is empty or too long, or its language is not supported.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> for phrase in (await client.text.keyphrases(article, top_k=5)).keyphrases:
            ...     print(phrase.text, phrase.score, len(phrase.spans))
        """
        fields = {"top_k": top_k, "language": language}
        return await self._one(calls.KEYPHRASES, write(text), fields, options)

    async def keyphrases_many(
        self,
        texts: Iterable[str],
        *,
        top_k: int | None = None,
        language: str | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[TextKeyphrases | ItemError]:
        """Find the phrases that tell what many texts are about.

        Args:
            texts: The texts; a generator is read only as fast as they are sent.
            top_k: Most phrases to answer for each, 1 to 1000; the deployment's default
                is 10.
            language: Language of all texts; found for each by itself when omitted.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of texts answered so
                far and the number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per text, in the order given: its phrases, or an `ItemError` if
            that text alone could not be used. ``index`` counts over all texts.

        Raises:
            AiaasError: A whole request failed; texts that were not sent yet are not sent.
        """
        fields = {"top_k": top_k, "language": language}
        return await self._many(
            calls.KEYPHRASES, texts, write, fields, options, concurrency, progress
        )

    async def entities(
        self,
        text: str,
        *,
        model: str | None = None,
        types: Sequence[str] | None = None,
        min_score: float | None = None,
        **options: Unpack[CallOptions],
    ) -> TextEntities:
        """Find the names of people, places, companies, products, groups and works in a text.

        Args:
            text: The text.
            model: ``name``, ``name@version`` or an alias; the deployment's default when
                omitted.
            types: Only entities of these types, for instance ``person``.
            min_score: Leave out entities that score less, 0 to 1.
            options: Options for this call; see `CallOptions`.

        Returns:
            The entities in ``entities``, in the order of the text:
            ``text[entity.start:entity.end]`` is ``entity.text``.

        Raises:
            InvalidInputError: The text is empty or too long.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> answer = await client.text.entities("Ada Lovelace was born in London.")
            >>> for entity in answer.entities:
            ...     print(entity.text, entity.type, entity.score)
        """
        fields = {"model": model, "types": _listed(types), "min_score": min_score}
        return await self._one(calls.ENTITIES, write(text), fields, options)

    async def entities_many(
        self,
        texts: Iterable[str],
        *,
        model: str | None = None,
        types: Sequence[str] | None = None,
        min_score: float | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[TextEntities | ItemError]:
        """Find the names in many texts.

        Args:
            texts: The texts; a generator is read only as fast as they are sent.
            model: ``name``, ``name@version`` or an alias; the deployment's default when
                omitted.
            types: Only entities of these types, for instance ``person``.
            min_score: Leave out entities that score less, 0 to 1.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of texts answered so
                far and the number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per text, in the order given: its entities, or an `ItemError` if
            that text alone could not be used. ``index`` counts over all texts.

        Raises:
            AiaasError: A whole request failed; texts that were not sent yet are not sent.
        """
        fields = {"model": model, "types": _listed(types), "min_score": min_score}
        return await self._many(
            calls.ENTITIES, texts, write, fields, options, concurrency, progress
        )

    async def redact(
        self,
        text: str,
        *,
        types: Sequence[str] | None = None,
        mode: RedactionMode = "replace",
        hash_key: str | None = None,
        min_score: float | None = None,
        **options: Unpack[CallOptions],
    ) -> RedactedText:
        """Remove personal data from a text, and say why each match fired.

        Args:
            text: The text.
            types: Only data of these types, for instance ``email``; all when omitted.
            mode: ``mask`` writes ``*`` over every character, ``replace`` writes the
                type (``[EMAIL]``), ``hash`` writes the type and a keyed hash, the same
                for equal values.
            hash_key: Secret for ``hash``, 16 characters or more; without it, equal
                values are equal only within this text.
            min_score: Leave alone what scores less, 0 to 1.
            options: Options for this call; see `CallOptions`.

        Returns:
            The redacted ``text`` and its ``redactions``, which do not repeat what was
            removed.

        Raises:
            InvalidInputError: The text is empty or too long.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> print((await client.text.redact("Write to ada@example.com")).text)
            Write to [EMAIL]
        """
        fields = _redaction_fields(types, mode, hash_key, min_score)
        return await self._one(calls.REDACT, write(text), fields, options)

    async def redact_many(
        self,
        texts: Iterable[str],
        *,
        types: Sequence[str] | None = None,
        mode: RedactionMode = "replace",
        hash_key: str | None = None,
        min_score: float | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[RedactedText | ItemError]:
        """Remove personal data from many texts.

        Args:
            texts: The texts; a generator is read only as fast as they are sent.
            types: Only data of these types, for instance ``email``; all when omitted.
            mode: ``mask`` writes ``*`` over every character, ``replace`` writes the
                type (``[EMAIL]``), ``hash`` writes the type and a keyed hash, the same
                for equal values.
            hash_key: Secret for ``hash``, 16 characters or more; without it, equal
                values are equal only within this call.
            min_score: Leave alone what scores less, 0 to 1.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of texts answered so
                far and the number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per text, in the order given: the redacted text, or an `ItemError`
            if that text alone could not be used. ``index`` counts over all texts.

        Raises:
            AiaasError: A whole request failed; texts that were not sent yet are not sent.
        """
        fields = _redaction_fields(types, mode, hash_key or _key_for(mode), min_score)
        return await self._many(calls.REDACT, texts, write, fields, options, concurrency, progress)


def _redaction_fields(
    types: Sequence[str] | None, mode: RedactionMode, hash_key: str | None, min_score: float | None
) -> dict[str, object]:
    return {"types": _listed(types), "mode": mode, "hash_key": hash_key, "min_score": min_score}


def _key_for(mode: RedactionMode) -> str | None:
    # The deployment would make up one for each request, and equal values would differ.
    return secrets.token_hex(16) if mode == "hash" else None


def _listed(types: Sequence[str] | None) -> list[str] | None:
    if isinstance(types, str):
        raise TypeError(f"types must be several names; got one: [{types!r}] is meant")
    return None if types is None else list(types)
