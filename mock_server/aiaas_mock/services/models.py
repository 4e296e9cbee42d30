"""Models: the catalogue as the contract shows it."""

from __future__ import annotations

from collections.abc import Mapping

from aiaas.contract.models import ListModelsRequest, Metric, Model, ModelPage, RetrieveModelRequest
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError, as_sentence
from aiaas_mock.inference.backend import ModelBackend
from aiaas_mock.inference.bundles import Bundle, ModelRef, UnknownModel
from aiaas_mock.inference.cards import EmbeddingOutput
from aiaas_mock.services.cursors import decode_cursor, encode_cursor

OPERATIONS_BY_TASK: Mapping[str, tuple[str, ...]] = {
    "image-classification": ("images.classify",),
    "image-embedding": ("images.embed",),
    "text-entities": ("text.entities",),
}
"""Which operations a model for a task can answer."""


class ModelDirectory:
    """Finds the model for an operation, and answers ``models.*``.

    Args:
        backend: What runs the models.
        defaults: The model for each operation when a request names none.

    Raises:
        UnknownModel: A default does not exist.
        ApiError: A default is for another task.
    """

    def __init__(self, backend: ModelBackend, defaults: Mapping[str, str]) -> None:
        self._backend = backend
        self._catalogue = backend.catalogue
        self._defaults = {
            operation: self._fitting(self._catalogue.resolve(name), operation)
            for operation, name in defaults.items()
        }

    @property
    def defaults(self) -> tuple[ModelRef, ...]:
        """The models that answer when a request names none."""
        return tuple(self._defaults.values())

    def find(self, reference: str | None, operation: str) -> ModelRef:
        """Return the model that a request to `operation` means.

        Raises:
            ApiError: There is no such model, or it is for another task.
        """
        if reference is None:
            return self._defaults[operation]
        return self._fitting(self._resolve(reference), operation)

    async def list(self, request: ListModelsRequest, context: RequestContext) -> ModelPage:
        """Answer ``models.list``."""
        after = "" if request.cursor is None else decode_cursor(request.cursor)
        bundles = [
            bundle
            for model_id, bundle in sorted(self._catalogue.bundles.items())
            if model_id > after and request.task in (None, bundle.card.task)
        ]
        page, rest = bundles[: request.limit], bundles[request.limit :]
        return ModelPage(
            data=tuple(self._describe(bundle) for bundle in page),
            has_more=bool(rest),
            next_cursor=encode_cursor(page[-1].card.id) if rest else None,
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
        defaults = [op for op, ref in self._defaults.items() if ref.card.id == card.id]
        return Model(
            id=card.id,
            name=card.name,
            version=card.version,
            task=card.task,
            operations=OPERATIONS_BY_TASK[card.task],
            default_for=tuple(defaults),
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
