"""Images: classification and embedding."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable

from aiaas._async import _runtime
from aiaas._async.pipeline import AsyncPipeline
from aiaas._core import pictures as _pictures
from aiaas._core.bulk import Chunk, Chunker, Progress, Tally, checked_concurrency, flatten
from aiaas._core.image_calls import CLASSIFY_CALL, EMBED_CALL, Options, pictures_in_parts
from aiaas._core.image_types import ImageClassification, ImageEmbedding
from aiaas._core.inference import InferenceCall, ResultT
from aiaas._core.pictures import Encoded, Picture
from aiaas._core.requests import build_raw
from aiaas.contract.answers import ItemError


class AsyncImages:
    """Say what pictures show. Reach it as ``client.images``.

    A picture is a path, the bytes of a file, a file opened in binary mode, a Pillow image or a
    numpy array of ``uint8``. JPEG, PNG, WebP, GIF (first frame) and BMP are read.
    """

    def __init__(self, pipeline: AsyncPipeline) -> None:
        self._pipeline = pipeline

    async def classify(
        self,
        picture: Picture,
        *,
        model: str | None = None,
        top_k: int | None = None,
        min_score: float | None = None,
    ) -> ImageClassification:
        """Say what one picture shows.

        Args:
            picture: The picture.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            top_k: Most labels to answer, 1 to 1000; the deployment's default is 5.
            min_score: Leave out labels that score less, 0 to 1.

        Returns:
            Labels with scores, best first; ``label`` and ``score`` are the best.

        Raises:
            InvalidInputError: The picture cannot be decoded.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> answer = await client.images.classify("cat.jpg", top_k=3)
            >>> print(answer.label, answer.score, answer.model)
        """
        options = {"model": model, "top_k": top_k, "min_score": min_score}
        return await self._one(CLASSIFY_CALL, picture, options)

    async def classify_many(
        self,
        pictures: Iterable[Picture],
        *,
        model: str | None = None,
        top_k: int | None = None,
        min_score: float | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
    ) -> list[ImageClassification | ItemError]:
        """Say what many pictures show, in as few requests as possible.

        Args:
            pictures: The pictures; a generator is read only as fast as they are sent.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            top_k: Most labels to answer for each, 1 to 1000; the deployment's default is 5.
            min_score: Leave out labels that score less, 0 to 1.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of pictures answered so far.

        Returns:
            One entry per picture, in the order given: its classification, or an `ItemError` if
            that picture alone could not be used. ``index`` counts over all pictures.

        Raises:
            AiaasError: A whole request failed; pictures that were not sent yet are not sent.

        Example:
            >>> for answer in await client.images.classify_many(["cat.jpg", "dog.jpg"]):
            ...     if isinstance(answer, aiaas.ItemError):
            ...         print(answer.index, "failed:", answer.error.detail)
            ...     else:
            ...         print(answer.index, answer.label)
        """
        options = {"model": model, "top_k": top_k, "min_score": min_score}
        return await self._many(CLASSIFY_CALL, pictures, options, concurrency, progress)

    async def embed(
        self, picture: Picture, *, model: str | None = None, dimensions: int | None = None
    ) -> ImageEmbedding:
        """Turn one picture into an L2-normalised vector.

        Args:
            picture: The picture.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            dimensions: Keep only the first so many numbers and normalise again.

        Returns:
            The vector in ``vector``; the dot product of two is their cosine similarity.

        Raises:
            InvalidInputError: The picture cannot be decoded.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> one = await client.images.embed("cat.jpg")
            >>> two = await client.images.embed("dog.jpg")
            >>> print(sum(a * b for a, b in zip(one.vector, two.vector)))
        """
        options = _embedding_options(model, dimensions)
        return await self._one(EMBED_CALL, picture, options)

    async def embed_many(
        self,
        pictures: Iterable[Picture],
        *,
        model: str | None = None,
        dimensions: int | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
    ) -> list[ImageEmbedding | ItemError]:
        """Turn many pictures into vectors, in as few requests as possible.

        Args:
            pictures: The pictures; a generator is read only as fast as they are sent.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            dimensions: Keep only the first so many numbers and normalise again.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of pictures answered so far.

        Returns:
            One entry per picture, in the order given: its embedding, or an `ItemError` if that
            picture alone could not be used. ``index`` counts over all pictures.

        Raises:
            AiaasError: A whole request failed; pictures that were not sent yet are not sent.
        """
        options = _embedding_options(model, dimensions)
        return await self._many(EMBED_CALL, pictures, options, concurrency, progress)

    async def _one(
        self, call: InferenceCall[ResultT], picture: Picture, options: Options
    ) -> ResultT:
        encoded = await _read(picture)
        outgoing = build_raw(call.operation, encoded.content, encoded.media_type, options)
        return call.only_result(await self._pipeline.send(outgoing))

    async def _many(
        self,
        call: InferenceCall[ResultT],
        pictures: Iterable[Picture],
        options: Options,
        concurrency: int,
        progress: Progress | None,
    ) -> list[ResultT | ItemError]:
        tally = Tally(progress)

        async def send(chunk: Chunk) -> list[ResultT | ItemError]:
            outgoing = pictures_in_parts(call.operation, chunk, options)
            response = await self._pipeline.send(outgoing)
            results = call.results(response, expected=len(chunk.inputs), start=chunk.start)
            tally.add(len(results))
            return results

        return flatten(
            await _runtime.map_bounded(
                send, _chunks(pictures), concurrency=checked_concurrency(concurrency)
            )
        )


def _embedding_options(model: str | None, dimensions: int | None) -> Options:
    # Packed floats are a quarter of the bytes of JSON numbers, and quicker to read.
    return {"model": model, "dimensions": dimensions, "encoding_format": "base64"}


async def _read(picture: Picture) -> Encoded:
    if _pictures.in_memory(picture):
        return _pictures.read(picture)
    return await _runtime.call_blocking(_pictures.read, picture)


async def _chunks(pictures: Iterable[Picture]) -> AsyncGenerator[Chunk, None]:
    chunker = Chunker()
    for picture in pictures:
        chunk = chunker.add(await _read(picture))
        if chunk:
            yield chunk
    last = chunker.close()
    if last:
        yield last
