"""What schemathesis loads: strategies, and the mending of requests that are meant to be right."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.generation.meta import CoverageScenario
from tests.fuzz.deviations import be_patient, mend
from tests.fuzz.pictures import MEDIA_TYPES, pictures

for media_type in MEDIA_TYPES:
    schemathesis.openapi.media_type(media_type, pictures(media_type))


@schemathesis.deserializer("application/octet-stream")
def octets(context: Any, response: Any) -> Any:
    """Read the content of a file: any bytes."""
    return response.content.decode("latin-1")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Mend a request just before it is sent."""
    if case.meta is None:
        return
    # What is edited is judged anew, and a header that was left out on purpose would be added.
    if getattr(case.meta.phase.data, "scenario", None) is not CoverageScenario.MISSING_PARAMETER:
        be_patient(case.headers)
    if not case.meta.generation.mode.is_positive:
        return
    mend(case.media_type, case.body, case.query, case.headers)
