"""The client of an AI-as-a-service deployment.

Example:
    >>> import aiaas
    >>> with aiaas.Client() as client:  # reads AIAAS_API_KEY and AIAAS_BASE_URL
    ...     answer = client.images.classify("cat.jpg")
    >>> print(answer.label, answer.score)

Importing this module loads nothing: every name below is imported when it is first used.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiaas._async.client import AsyncClient
    from aiaas._async.paging import AsyncPaginator
    from aiaas._core.errors import (
        AiaasError,
        APIConnectionError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        ConfigurationError,
        ConflictError,
        DeadlineExceededError,
        InvalidInputError,
        InvalidRequestError,
        MissingDependencyError,
        NotFoundError,
        PermissionDeniedError,
        RateLimitError,
        RequestTooLargeError,
        ResponseValidationError,
        ServerError,
        ServiceUnavailableError,
        UnexpectedStatusError,
        UnsupportedMediaTypeError,
    )
    from aiaas._core.image_types import ImageClassification, ImageEmbedding
    from aiaas._core.model_types import Model
    from aiaas._core.page_types import Page
    from aiaas._core.pictures import Picture
    from aiaas._core.retry import Retry
    from aiaas._sync.client import Client
    from aiaas._sync.paging import Paginator
    from aiaas.contract.answers import ItemError
    from aiaas.contract.images import Prediction
    from aiaas.contract.models import Metric
    from aiaas.contract.problems import Problem, ProblemDetail

    __version__: str

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AiaasError",
    "AsyncClient",
    "AsyncPaginator",
    "AuthenticationError",
    "BadRequestError",
    "Client",
    "ConfigurationError",
    "ConflictError",
    "DeadlineExceededError",
    "ImageClassification",
    "ImageEmbedding",
    "InvalidInputError",
    "InvalidRequestError",
    "ItemError",
    "Metric",
    "MissingDependencyError",
    "Model",
    "NotFoundError",
    "Page",
    "Paginator",
    "PermissionDeniedError",
    "Picture",
    "Prediction",
    "Problem",
    "ProblemDetail",
    "RateLimitError",
    "RequestTooLargeError",
    "ResponseValidationError",
    "Retry",
    "ServerError",
    "ServiceUnavailableError",
    "UnexpectedStatusError",
    "UnsupportedMediaTypeError",
    "__version__",
]

# Where each public name lives. A test holds it, `__all__` and the imports above together.
_EXPORTS = {
    "aiaas._async.client": ("AsyncClient",),
    "aiaas._async.paging": ("AsyncPaginator",),
    "aiaas._core.errors": (
        "APIConnectionError",
        "APIStatusError",
        "APITimeoutError",
        "AiaasError",
        "AuthenticationError",
        "BadRequestError",
        "ConfigurationError",
        "ConflictError",
        "DeadlineExceededError",
        "InvalidInputError",
        "InvalidRequestError",
        "MissingDependencyError",
        "NotFoundError",
        "PermissionDeniedError",
        "RateLimitError",
        "RequestTooLargeError",
        "ResponseValidationError",
        "ServerError",
        "ServiceUnavailableError",
        "UnexpectedStatusError",
        "UnsupportedMediaTypeError",
    ),
    "aiaas._core.image_types": ("ImageClassification", "ImageEmbedding"),
    "aiaas._core.model_types": ("Model",),
    "aiaas._core.page_types": ("Page",),
    "aiaas._core.pictures": ("Picture",),
    "aiaas._core.retry": ("Retry",),
    "aiaas._core.version": ("__version__",),
    "aiaas._sync.client": ("Client",),
    "aiaas._sync.paging": ("Paginator",),
    "aiaas.contract.answers": ("ItemError",),
    "aiaas.contract.images": ("Prediction",),
    "aiaas.contract.models": ("Metric",),
    "aiaas.contract.problems": ("Problem", "ProblemDetail"),
}
_HOMES = {name: module for module, names in _EXPORTS.items() for name in names}

# A library is silent until its application asks to hear it.
logging.getLogger("aiaas").addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'aiaas' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
