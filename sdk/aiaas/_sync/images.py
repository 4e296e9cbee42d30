# Generated from aiaas/_async/images.py by `make sync`; edit that file instead.
"""Images: classification and embedding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aiaas._core import pictures as _pictures
from aiaas._core.bulk import Chunk, Chunker, Progress, Tally, checked_inputs, total_of
from aiaas._core.image_calls import CLASSIFY_CALL, EMBED_CALL, Fields, pictures_in_parts
from aiaas._core.image_types import ImageClassification, ImageEmbedding
from aiaas._core.inference import InferenceCall, ResultT
from aiaas._core.pictures import Encoded, Picture
from aiaas._core.requests import Outgoing, build_raw
from aiaas._sync import _runtime
from aiaas._sync.bulk import in_chunks, send_chunks
from aiaas._sync.pipeline import Pipeline
from aiaas.contract.answers import ItemError

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions


class Images:
    """Say what pictures show. Reach it as ``client.images``.

    A picture is a path, the bytes of a file, a file opened in binary mode, a Pillow image or a
    numpy array of ``uint8``. JPEG, PNG, WebP, GIF (first frame) and BMP are read.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def classify(
        self,
        picture: Picture,
        *,
        model: str | None = None,
        top_k: int | None = None,
        min_score: float | None = None,
        **options: Unpack[CallOptions],
    ) -> ImageClassification:
        """Say what one picture shows.

        Args:
            picture: The picture.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            top_k: Most labels to answer, 1 to 1000; the deployment's default is 5.
            min_score: Leave out labels that score less, 0 to 1.
            options: Options for this call; see `CallOptions`.

        Returns:
            Labels with scores, best first; ``label`` and ``score`` are the best.

        Raises:
            InvalidInputError: The picture cannot be decoded.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> answer = client.images.classify("cat.jpg", top_k=3)
            >>> print(answer.label, answer.score, answer.model)
        """
        fields = {"model": model, "top_k": top_k, "min_score": min_score}
        return self._one(CLASSIFY_CALL, picture, fields, options)

    def classify_many(
        self,
        pictures: Iterable[Picture],
        *,
        model: str | None = None,
        top_k: int | None = None,
        min_score: float | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[ImageClassification | ItemError]:
        """Say what many pictures show, in as few requests as possible.

        Args:
            pictures: The pictures; a generator is read only as fast as they are sent.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            top_k: Most labels to answer for each, 1 to 1000; the deployment's default is 5.
            min_score: Leave out labels that score less, 0 to 1.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of pictures answered so far and
                the number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per picture, in the order given: its classification, or an `ItemError` if
            that picture alone could not be used. ``index`` counts over all pictures.

        Raises:
            AiaasError: A whole request failed; pictures that were not sent yet are not sent.

        Example:
            >>> for answer in client.images.classify_many(["cat.jpg", "dog.jpg"]):
            ...     if isinstance(answer, aiaas.ItemError):
            ...         print(answer.index, "failed:", answer.error.detail)
            ...     else:
            ...         print(answer.index, answer.label)
        """
        fields = {"model": model, "top_k": top_k, "min_score": min_score}
        return self._many(CLASSIFY_CALL, pictures, fields, options, concurrency, progress)

    def embed(
        self,
        picture: Picture,
        *,
        model: str | None = None,
        dimensions: int | None = None,
        **options: Unpack[CallOptions],
    ) -> ImageEmbedding:
        """Turn one picture into an L2-normalised vector.

        Args:
            picture: The picture.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            dimensions: Keep only the first so many numbers and normalise again.
            options: Options for this call; see `CallOptions`.

        Returns:
            The vector in ``vector``; the dot product of two is their cosine similarity.

        Raises:
            InvalidInputError: The picture cannot be decoded.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> one = client.images.embed("cat.jpg")
            >>> two = client.images.embed("dog.jpg")
            >>> print(sum(a * b for a, b in zip(one.vector, two.vector)))
        """
        fields = _embedding_fields(model, dimensions)
        return self._one(EMBED_CALL, picture, fields, options)

    def embed_many(
        self,
        pictures: Iterable[Picture],
        *,
        model: str | None = None,
        dimensions: int | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[ImageEmbedding | ItemError]:
        """Turn many pictures into vectors, in as few requests as possible.

        Args:
            pictures: The pictures; a generator is read only as fast as they are sent.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            dimensions: Keep only the first so many numbers and normalise again.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of pictures answered so far and
                the number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per picture, in the order given: its embedding, or an `ItemError` if that
            picture alone could not be used. ``index`` counts over all pictures.

        Raises:
            AiaasError: A whole request failed; pictures that were not sent yet are not sent.
        """
        fields = _embedding_fields(model, dimensions)
        return self._many(EMBED_CALL, pictures, fields, options, concurrency, progress)

    def _one(
        self,
        call: InferenceCall[ResultT],
        picture: Picture,
        fields: Fields,
        options: CallOptions,
    ) -> ResultT:
        encoded = _read(picture)
        outgoing = build_raw(call.operation, encoded.content, encoded.media_type, fields)
        return call.only_result(self._pipeline.send(outgoing, options))

    def _many(
        self,
        call: InferenceCall[ResultT],
        pictures: Iterable[Picture],
        fields: Fields,
        options: CallOptions,
        concurrency: int,
        progress: Progress | None,
    ) -> list[ResultT | ItemError]:
        pictures = checked_inputs(pictures, call.many)

        def request(chunk: Chunk[Encoded]) -> Outgoing:
            return pictures_in_parts(call.operation, chunk, fields)

        return send_chunks(
            self._pipeline,
            call,
            in_chunks(pictures, _read, Chunker()),
            request,
            options,
            concurrency=concurrency,
            tally=Tally(progress, total_of(pictures)),
        )


def _embedding_fields(model: str | None, dimensions: int | None) -> Fields:
    # Packed floats are a quarter of the bytes of JSON numbers, and quicker to read.
    return {"model": model, "dimensions": dimensions, "encoding_format": "base64"}


def _read(picture: Picture) -> Encoded:
    if _pictures.in_memory(picture):
        return _pictures.read(picture)
    return _runtime.call_blocking(_pictures.read, picture)
