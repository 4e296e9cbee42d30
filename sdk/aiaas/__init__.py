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
    from aiaas._async.client import (
        AsyncClient,
    )
    from aiaas._async.file_content import (
        AsyncFileContent,
    )
    from aiaas._async.job_stream import (
        AsyncJobStream,
    )
    from aiaas._async.middleware import (
        AsyncMiddleware,
        AsyncProceed,
    )
    from aiaas._async.paging import (
        AsyncPaginator,
    )
    from aiaas._async.streams import (
        AsyncEventStream,
    )
    from aiaas._async.transport import (
        AsyncStreamedResponse,
    )
    from aiaas._core.calls import (
        Call,
    )
    from aiaas._core.credentials import (
        OAuth2ClientCredentials,
    )
    from aiaas._core.errors import (
        AiaasError,
        APIConnectionError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        CallDeadlineError,
        ChecksumError,
        ClientClosedError,
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
        TooManyInputsError,
        UnexpectedStatusError,
        UnsupportedMediaTypeError,
    )
    from aiaas._core.event_streams import (
        StreamIdleError,
        StreamTruncatedError,
    )
    from aiaas._core.file_types import (
        DeletedFile,
        File,
    )
    from aiaas._core.image_types import (
        ImageClassification,
        ImageEmbedding,
    )
    from aiaas._core.job_errors import (
        JobFailedError,
        JobTimeoutError,
    )
    from aiaas._core.job_types import (
        Job,
    )
    from aiaas._core.model_types import (
        Model,
    )
    from aiaas._core.options import (
        CallOptions,
        ClientOptions,
    )
    from aiaas._core.page_types import (
        Page,
    )
    from aiaas._core.pictures import (
        Picture,
    )
    from aiaas._core.rate_limits import (
        RateLimit,
    )
    from aiaas._core.raw_types import (
        Response,
    )
    from aiaas._core.recommendation_types import (
        CreatedEvents,
        DeletedItem,
        EndedExperiment,
        ErasedUser,
        Event,
        Experiment,
        InterestedUsers,
        Item,
        RankedItems,
        RecommendationMetrics,
        Recommendations,
        RecommendedItem,
        TrainedModel,
        UpsertedItems,
        UpsertedUsers,
    )
    from aiaas._core.responses import (
        RawResponse,
    )
    from aiaas._core.retry import (
        Retry,
        RetryBudget,
    )
    from aiaas._core.text_types import (
        DetectedLanguage,
        GeneratedText,
        RedactedText,
        RerankResult,
        TextClassification,
        TextEmbedding,
        TextEmotions,
        TextEntities,
        TextKeyphrases,
        TextSentiment,
        TextSimilarity,
        TextSummary,
        TokenCount,
    )
    from aiaas._core.uploads import (
        FileSource,
    )
    from aiaas._core.usage_types import (
        UsageReport,
    )
    from aiaas._sync.client import (
        Client,
    )
    from aiaas._sync.file_content import (
        FileContent,
    )
    from aiaas._sync.job_stream import (
        JobStream,
    )
    from aiaas._sync.middleware import (
        Middleware,
        Proceed,
    )
    from aiaas._sync.paging import (
        Paginator,
    )
    from aiaas._sync.streams import (
        EventStream,
    )
    from aiaas._sync.transport import (
        StreamedResponse,
    )
    from aiaas.contract.answers import (
        ItemError,
        Prediction,
    )
    from aiaas.contract.jobs import (
        JobEvent,
    )
    from aiaas.contract.models import (
        Metric,
    )
    from aiaas.contract.problems import (
        Problem,
        ProblemDetail,
    )
    from aiaas.contract.recommendations.events import (
        NewEvent,
    )
    from aiaas.contract.recommendations.items import (
        NewItem,
    )
    from aiaas.contract.recommendations.learning import (
        ExperimentGroup,
        Group,
        ModelMetrics,
        OfflineMetrics,
        OnlineMetrics,
    )
    from aiaas.contract.recommendations.ranking import (
        Context,
        InterestedUser,
        Promotion,
        Reason,
    )
    from aiaas.contract.recommendations.users import (
        NewUser,
    )
    from aiaas.contract.text._common import (
        Span,
    )
    from aiaas.contract.text.classification import (
        Contribution,
        Explanation,
        SentenceSentiment,
    )
    from aiaas.contract.text.extraction import (
        Entity,
        Keyphrase,
        LanguageScore,
        Redaction,
        SummarySentence,
    )
    from aiaas.contract.text.generation import (
        GeneratedToken,
        GenerationUsage,
    )
    from aiaas.contract.text.vectors import (
        RankedDocument,
    )
    from aiaas.contract.usage import (
        OperationUsage,
    )

    __version__: str

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AiaasError",
    "AsyncClient",
    "AsyncEventStream",
    "AsyncFileContent",
    "AsyncJobStream",
    "AsyncMiddleware",
    "AsyncPaginator",
    "AsyncProceed",
    "AsyncStreamedResponse",
    "AuthenticationError",
    "BadRequestError",
    "Call",
    "CallDeadlineError",
    "CallOptions",
    "ChecksumError",
    "Client",
    "ClientClosedError",
    "ClientOptions",
    "ConfigurationError",
    "ConflictError",
    "Context",
    "Contribution",
    "CreatedEvents",
    "DeadlineExceededError",
    "DeletedFile",
    "DeletedItem",
    "DetectedLanguage",
    "EndedExperiment",
    "Entity",
    "ErasedUser",
    "Event",
    "EventStream",
    "Experiment",
    "ExperimentGroup",
    "Explanation",
    "File",
    "FileContent",
    "FileSource",
    "GeneratedText",
    "GeneratedToken",
    "GenerationUsage",
    "Group",
    "ImageClassification",
    "ImageEmbedding",
    "InterestedUser",
    "InterestedUsers",
    "InvalidInputError",
    "InvalidRequestError",
    "Item",
    "ItemError",
    "Job",
    "JobEvent",
    "JobFailedError",
    "JobStream",
    "JobTimeoutError",
    "Keyphrase",
    "LanguageScore",
    "Metric",
    "Middleware",
    "MissingDependencyError",
    "Model",
    "ModelMetrics",
    "NewEvent",
    "NewItem",
    "NewUser",
    "NotFoundError",
    "OAuth2ClientCredentials",
    "OfflineMetrics",
    "OnlineMetrics",
    "OperationUsage",
    "Page",
    "Paginator",
    "PermissionDeniedError",
    "Picture",
    "Prediction",
    "Problem",
    "ProblemDetail",
    "Proceed",
    "Promotion",
    "RankedDocument",
    "RankedItems",
    "RateLimit",
    "RateLimitError",
    "RawResponse",
    "Reason",
    "RecommendationMetrics",
    "Recommendations",
    "RecommendedItem",
    "RedactedText",
    "Redaction",
    "RequestTooLargeError",
    "RerankResult",
    "Response",
    "ResponseValidationError",
    "Retry",
    "RetryBudget",
    "SentenceSentiment",
    "ServerError",
    "ServiceUnavailableError",
    "Span",
    "StreamIdleError",
    "StreamTruncatedError",
    "StreamedResponse",
    "SummarySentence",
    "TextClassification",
    "TextEmbedding",
    "TextEmotions",
    "TextEntities",
    "TextKeyphrases",
    "TextSentiment",
    "TextSimilarity",
    "TextSummary",
    "TokenCount",
    "TooManyInputsError",
    "TrainedModel",
    "UnexpectedStatusError",
    "UnsupportedMediaTypeError",
    "UpsertedItems",
    "UpsertedUsers",
    "UsageReport",
    "__version__",
]

# Where each public name lives. A test holds it, `__all__` and the imports above together.
_EXPORTS = {
    "aiaas._async.client": "AsyncClient",
    "aiaas._async.file_content": "AsyncFileContent",
    "aiaas._async.job_stream": "AsyncJobStream",
    "aiaas._async.middleware": "AsyncMiddleware AsyncProceed",
    "aiaas._async.paging": "AsyncPaginator",
    "aiaas._async.streams": "AsyncEventStream",
    "aiaas._async.transport": "AsyncStreamedResponse",
    "aiaas._core.calls": "Call",
    "aiaas._core.credentials": "OAuth2ClientCredentials",
    "aiaas._core.errors": (
        "APIConnectionError APIStatusError APITimeoutError AiaasError AuthenticationError "
        "BadRequestError CallDeadlineError ChecksumError ClientClosedError ConfigurationError "
        "ConflictError DeadlineExceededError InvalidInputError InvalidRequestError "
        "MissingDependencyError NotFoundError PermissionDeniedError RateLimitError "
        "RequestTooLargeError ResponseValidationError ServerError ServiceUnavailableError "
        "TooManyInputsError UnexpectedStatusError UnsupportedMediaTypeError"
    ),
    "aiaas._core.event_streams": "StreamIdleError StreamTruncatedError",
    "aiaas._core.file_types": "DeletedFile File",
    "aiaas._core.image_types": "ImageClassification ImageEmbedding",
    "aiaas._core.job_errors": "JobFailedError JobTimeoutError",
    "aiaas._core.job_types": "Job",
    "aiaas._core.model_types": "Model",
    "aiaas._core.options": "CallOptions ClientOptions",
    "aiaas._core.page_types": "Page",
    "aiaas._core.pictures": "Picture",
    "aiaas._core.rate_limits": "RateLimit",
    "aiaas._core.raw_types": "Response",
    "aiaas._core.recommendation_types": (
        "CreatedEvents DeletedItem EndedExperiment ErasedUser Event Experiment InterestedUsers "
        "Item RankedItems RecommendationMetrics RecommendedItem Recommendations TrainedModel "
        "UpsertedItems UpsertedUsers"
    ),
    "aiaas._core.responses": "RawResponse",
    "aiaas._core.retry": "Retry RetryBudget",
    "aiaas._core.text_types": (
        "DetectedLanguage GeneratedText RedactedText RerankResult TextClassification "
        "TextEmbedding TextEmotions TextEntities TextKeyphrases TextSentiment TextSimilarity "
        "TextSummary TokenCount"
    ),
    "aiaas._core.uploads": "FileSource",
    "aiaas._core.usage_types": "UsageReport",
    "aiaas._core.version": "__version__",
    "aiaas._sync.client": "Client",
    "aiaas._sync.file_content": "FileContent",
    "aiaas._sync.job_stream": "JobStream",
    "aiaas._sync.middleware": "Middleware Proceed",
    "aiaas._sync.paging": "Paginator",
    "aiaas._sync.streams": "EventStream",
    "aiaas._sync.transport": "StreamedResponse",
    "aiaas.contract.answers": "ItemError Prediction",
    "aiaas.contract.jobs": "JobEvent",
    "aiaas.contract.models": "Metric",
    "aiaas.contract.problems": "Problem ProblemDetail",
    "aiaas.contract.recommendations.events": "NewEvent",
    "aiaas.contract.recommendations.items": "NewItem",
    "aiaas.contract.recommendations.learning": (
        "ExperimentGroup Group ModelMetrics OfflineMetrics OnlineMetrics"
    ),
    "aiaas.contract.recommendations.ranking": "Context InterestedUser Promotion Reason",
    "aiaas.contract.recommendations.users": "NewUser",
    "aiaas.contract.text._common": "Span",
    "aiaas.contract.text.classification": "Contribution Explanation SentenceSentiment",
    "aiaas.contract.text.extraction": "Entity Keyphrase LanguageScore Redaction SummarySentence",
    "aiaas.contract.text.generation": "GeneratedToken GenerationUsage",
    "aiaas.contract.text.vectors": "RankedDocument",
    "aiaas.contract.usage": "OperationUsage",
}
_HOMES = {name: module for module, names in _EXPORTS.items() for name in names.split()}

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
