"""Models: the catalogue as the contract shows it."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

from aiaas.contract.models import ListModelsRequest, Metric, Model, ModelPage, RetrieveModelRequest
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError, as_sentence
from aiaas_mock.inference.backend import ModelBackend
from aiaas_mock.inference.bundles import Bundle, ModelRef, UnknownModel
from aiaas_mock.inference.card_outputs import EmbeddingOutput
from aiaas_mock.services.cursors import cut_page, decode_cursor

OPERATIONS_BY_TASK: Mapping[str, tuple[str, ...]] = {
    "image-classification": ("images.classify",),
    "image-embedding": ("images.embed",),
    "text-sentiment": ("text.sentiment", "text.count_tokens"),
    "text-emotions": ("text.emotions", "text.count_tokens"),
    "text-classification": ("text.classify", "text.count_tokens"),
    "text-entities": ("text.entities", "text.count_tokens"),
    "text-embedding": ("text.embed", "text.similarity", "text.rerank", "text.count_tokens"),
    "text-generation": ("text.generate", "text.count_tokens"),
    "recommendation": (
        "recommendations.for_user",
        "recommendations.similar_items",
        "recommendations.rank",
        "recommendations.next_items",
        "recommendations.users_for_item",
    ),
}
"""Which operations a model for a task can answer."""

_SHARED_DEFAULTS: Mapping[str, str] = {"text.count_tokens": "text.generate"}
"""Operations that have no default of their own but that of another one."""


class ModelDirectory:
    """Finds the model for an operation, and answers ``models.*``.

    Args:
        backend: What runs the models.
        defaults: The model for each operation when a request names none; for an operation that
            has a model per language, ``operation:language`` names the others.

    Raises:
        UnknownModel: A default does not exist.
        ApiError: A default is for another task.
    """

    def __init__(self, backend: ModelBackend, defaults: Mapping[str, str]) -> None:
        self._backend = backend
        self._catalogue = backend.catalogue
        self._defaults = {
            key: self._fitting(self._catalogue.resolve(name), key.partition(":")[0])
            for key, name in defaults.items()
        }

    @property
    def defaults(self) -> tuple[ModelRef, ...]:
        """The models that answer when a request names none."""
        return tuple(self._defaults.values())

    def default(self, operation: str) -> ModelRef | None:
        """Return the model that answers an operation when a request names none, if one does."""
        return self._defaults.get(_SHARED_DEFAULTS.get(operation, operation))

    def find(self, reference: str | None, operation: str) -> ModelRef:
        """Return the model that a request to `operation` means.

        Raises:
            ApiError: There is no such model, or it is for another task.
        """
        if reference is not None:
            return self._fitting(self._resolve(reference), operation)
        ref = self.default(operation)
        if ref is None:
            raise ApiError(
                "model_not_found", f"There is no default model for {operation} here; name one."
            )
        return ref

    def for_language(self, language: str, operation: str) -> ModelRef:
        """Return the default model for texts in a language.

        A default whose card names no language is for all of them.

        Raises:
            ApiError: There is none for this language, or none at all.
        """
        named = self._defaults.get(f"{operation}:{language}")
        if named is not None:
            return named
        default = self.find(None, operation)
        languages = default.card.languages
        if languages and language not in languages:
            known = {*languages, *self._languages_of(operation)}
            raise ApiError(
                "language_not_supported",
                f"There is no model for {language!r} here; there is {', '.join(sorted(known))}.",
                param="/language",
            )
        return default

    def _languages_of(self, operation: str) -> list[str]:
        return [key.partition(":")[2] for key in self._defaults if key.startswith(f"{operation}:")]

    async def list(self, request: ListModelsRequest, context: RequestContext) -> ModelPage:
        """Answer ``models.list``."""
        after = "" if request.cursor is None else decode_cursor(request.cursor)
        bundles = [
            bundle
            for model_id, bundle in sorted(self._catalogue.bundles.items())
            if model_id > after and request.task in (None, bundle.card.task)
        ]
        page, next_cursor = cut_page(bundles, request.limit, attrgetter("card.id"))
        return ModelPage(
            data=tuple(self._describe(bundle) for bundle in page),
            has_more=next_cursor is not None,
            next_cursor=next_cursor,
        )

    async def retrieve(self, request: RetrieveModelRequest, context: RequestContext) -> Model:
        """Answer ``models.retrieve``."""
        bundle = self._resolve(request.model).bundle
        return self._describe(bundle).model_copy(update={"labels": bundle.labels or None})

    def _resolve(self, reference: str) -> ModelRef:
        try:
            return self._catalogue.resolve(reference)
        except UnknownModel as error:
            raise ApiError("model_not_found", as_sentence(str(error)), param="/model") from error

    def _fitting(self, ref: ModelRef, operation: str) -> ModelRef:
        operations = OPERATIONS_BY_TASK[ref.card.task]
        if operation not in operations:
            raise ApiError(
                "model_task_mismatch",
                f"Model {ref.card.id} is for {', '.join(operations)}, not for {operation}.",
                param="/model",
            )
        return ref

    def _describe(self, bundle: Bundle) -> Model:
        card = bundle.card
        defaults = [
            key.partition(":")[0] for key, ref in self._defaults.items() if ref.card.id == card.id
        ]
        return Model(
            id=card.id,
            name=card.name,
            version=card.version,
            task=card.task,
            operations=OPERATIONS_BY_TASK[card.task],
            default_for=tuple(dict.fromkeys(defaults)),
            aliases=card.aliases,
            variants=tuple(card.variants),
            summary=card.summary,
            origin=card.origin,
            licence=card.licence,
            limits=card.limits,
            parameters=card.parameters,
            base=card.base,
            metrics=tuple(Metric(**metric.model_dump()) for metric in card.metrics),
            dimensions=card.output.size if isinstance(card.output, EmbeddingOutput) else None,
            loaded=any(name.partition(":")[0] == card.id for name in self._backend.loaded()),
            created=card.created.isoformat(),
        )
