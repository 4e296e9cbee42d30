"""What is raised when a deployment refuses or fails."""

from __future__ import annotations

import copy
import pickle
import re
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

import aiaas
import aiaas.middleware
from aiaas._core import errors
from aiaas._core.failures import CLASS_BY_CODE, CLASS_BY_STATUS, failure_of
from aiaas.contract.problems import MEDIA_TYPE, PROBLEMS, Problem, ProblemDetail, problem

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

ONCE = aiaas.Retry(max_attempts=1)


def caught(cloud: Cloud, answer: httpx.Response | Exception) -> aiaas.AiaasError:
    cloud.answers(answer)
    with pytest.raises(aiaas.AiaasError) as info:
        cloud.run(lambda client: client.images.classify(b"x"), retries=ONCE)
    return info.value


def refused(cloud: Cloud, answer: httpx.Response) -> aiaas.APIStatusError:
    error = caught(cloud, answer)
    assert isinstance(error, aiaas.APIStatusError)
    return error


def test_every_code_of_the_contract_has_an_exception() -> None:
    assert set(CLASS_BY_CODE) == set(PROBLEMS)


@pytest.mark.parametrize("code", PROBLEMS)
def test_the_exception_of_a_code_is_of_the_family_of_its_status(code: str) -> None:
    kind = PROBLEMS[code]
    family = CLASS_BY_STATUS.get(kind.status, aiaas.ServerError)
    assert issubclass(CLASS_BY_CODE[code], family)


def test_an_error_says_what_was_wrong_what_to_do_and_for_whom_to_ask(cloud: Cloud) -> None:
    error = refused(cloud, cloud.problem("model_not_found"))

    assert isinstance(error, aiaas.NotFoundError)
    assert (error.code, error.status, error.request_id) == ("model_not_found", 404, "req_problem")
    assert error.hint == PROBLEMS["model_not_found"].hint
    assert error.problem is not None
    assert error.problem.title == PROBLEMS["model_not_found"].title
    assert str(error) == (
        "This is model_not_found. (status 404, model_not_found, request req_problem)\n"
        "Hint: GET /v1/models lists the models of this deployment."
    )


def test_the_mistakes_in_a_request_are_listed() -> None:
    mistakes = tuple(
        ProblemDetail(param=f"/inputs/{index}", code="missing", detail="Give it.")
        for index in range(7)
    )
    error = failure_of(problem("invalid_request", "Seven mistakes.", param="/x", errors=mistakes))

    assert error.errors == mistakes
    assert error.param == "/x"
    assert "at /x" in str(error)
    assert "\n  /inputs/4: Give it.\n  and 2 more\n" in str(error)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (402, aiaas.APIStatusError),
        (404, aiaas.NotFoundError),
        (429, aiaas.RateLimitError),
        (507, aiaas.ServerError),
    ],
)
def test_a_code_of_a_newer_deployment_is_sorted_by_status(
    status: int, kind: type[aiaas.APIStatusError]
) -> None:
    error = failure_of(Problem(title="New", status=status, detail="New.", code="brand_new"))
    assert type(error) is kind
    assert error.hint is None


def test_an_unusable_input_says_which_one() -> None:
    error = failure_of(problem("invalid_image", "Not a picture.", param="/inputs/3/data"))
    assert isinstance(error, aiaas.InvalidInputError)
    assert error.index == 3
    assert isinstance(failure_of(problem("empty_input", "Empty.")), aiaas.InvalidInputError)


def test_the_error_of_a_single_picture_is_raised(cloud: Cloud) -> None:
    item = {"index": 0, "error": problem("invalid_image", "Truncated.").model_dump(mode="json")}
    envelope = {"id": "a", "object": "o", "model": "m@1", "usage": {"inputs": 0}}
    error = refused(cloud, cloud.json({**envelope, "results": [item]}))

    assert isinstance(error, aiaas.InvalidInputError)
    assert (error.index, error.request_id, error.status) == (0, "req_json", 422)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, aiaas.UnexpectedStatusError),
        (401, aiaas.UnexpectedStatusError),
        (404, aiaas.UnexpectedStatusError),
        (413, aiaas.RequestTooLargeError),
        (429, aiaas.RateLimitError),
        (500, aiaas.ServerError),
        (502, aiaas.ServerError),
        (503, aiaas.ServiceUnavailableError),
        (504, aiaas.DeadlineExceededError),
    ],
)
def test_an_answer_that_no_deployment_wrote_is_not_taken_for_one(
    cloud: Cloud, status: int, kind: type[aiaas.APIStatusError]
) -> None:
    error = refused(cloud, httpx.Response(status, html="<h1>proxy</h1>"))
    assert type(error) is kind
    assert error.code is None
    assert error.problem is None
    assert "text/html" in str(error)


@pytest.mark.parametrize("content", [b"not json", b"{}", b'{"code": 3}'])
def test_a_broken_problem_is_not_ours(sync_cloud: Cloud, content: bytes) -> None:
    answer = httpx.Response(404, content=content, headers={"Content-Type": MEDIA_TYPE})
    assert isinstance(refused(sync_cloud, answer), aiaas.UnexpectedStatusError)


def test_a_redirect_is_not_followed_and_says_where_it_leads(cloud: Cloud) -> None:
    target = "https://elsewhere.test/"
    error = refused(cloud, httpx.Response(307, headers={"Location": target}))
    assert f"redirects to {target}" in str(error)
    assert len(cloud.requests) == 1


@pytest.mark.parametrize(
    ("raised", "phase", "words"),
    [
        (httpx.ConnectError("refused"), "connect", "Could not connect to cloud.test: refused."),
        (httpx.ConnectTimeout(""), "connect", "Timed out while connecting to cloud.test."),
        (httpx.PoolTimeout(""), "pool", "Timed out while waiting for a free connection to cloud"),
        (httpx.ProxyError("407"), "proxy", "Could not pass the proxy to cloud.test: 407."),
        (httpx.WriteError("reset"), "write", "Lost the connection while sending to cloud.test"),
        (httpx.ReadTimeout(""), "read", "Timed out while awaiting the answer of cloud.test."),
        (httpx.RemoteProtocolError("cut"), "read", "while awaiting the answer of cloud.test: cut"),
        (httpx.DecodingError("gzip"), "read", "while awaiting the answer of cloud.test: gzip"),
    ],
)
def test_a_network_error_names_host_and_phase(
    cloud: Cloud, raised: Exception, phase: str, words: str
) -> None:
    error = caught(cloud, raised)
    assert isinstance(error, aiaas.APIConnectionError)
    assert isinstance(error, aiaas.APITimeoutError) == isinstance(raised, httpx.TimeoutException)
    assert (error.host, error.phase) == ("cloud.test", phase)
    assert error.sent == (phase in ("read", "write"))
    assert words in str(error)
    assert error.__cause__ is raised


def test_a_deployment_that_is_not_there_is_told_with_what_to_look_at(cloud: Cloud) -> None:
    error = caught(cloud, httpx.ConnectError("refused"))
    assert error.hint is not None
    assert "AIAAS_BASE_URL" in error.hint
    assert "aiaas-mock serve" in str(error)
    assert caught(cloud, httpx.ReadTimeout("")).hint is None


@pytest.mark.parametrize(
    ("cause", "phase", "words"),
    [
        (socket.gaierror("unknown"), "resolve", "Could not find the address of cloud.test"),
        (ssl.SSLError("expired"), "tls", "Could not agree on encryption with cloud.test"),
        (OSError("refused"), "connect", "Could not connect to cloud.test"),
    ],
)
def test_what_lies_beneath_a_failed_connection_is_told(
    cloud: Cloud, cause: OSError, phase: str, words: str
) -> None:
    raised = httpx.ConnectError("failed")
    raised.__cause__ = cause
    error = caught(cloud, raised)
    assert isinstance(error, aiaas.APIConnectionError)
    assert error.phase == phase
    assert words in str(error)


@pytest.mark.parametrize(
    ("cause", "hint"),
    [
        (ssl.SSLError("[SSL: WRONG_VERSION_NUMBER] wrong version number"), "begin with 'http://'"),
        (ssl.SSLCertVerificationError("certificate verify failed"), "pass ca_file="),
        (ssl.SSLError("[SSL: NO_SHARED_CIPHER]"), "the same will happen again"),
        (ssl.SSLEOFError("EOF occurred in violation of protocol"), None),
    ],
)
def test_a_failure_to_agree_on_encryption_is_repeated_only_if_it_may_pass(
    cloud: Cloud, cause: OSError, hint: str | None
) -> None:
    raised = httpx.ConnectError("failed")
    raised.__cause__ = cause
    cloud.answers(raised, raised)
    with pytest.raises(aiaas.APIConnectionError) as info:
        cloud.run(lambda client: client.models.retrieve("m"), retries=1)
    error = info.value
    assert (error.phase, error.retryable) == ("tls", hint is None)
    assert len(cloud.requests) == (2 if hint is None else 1)
    assert (hint or "") in (error.hint or "")
    assert ("Hint: " in str(error)) == (hint is not None)


@pytest.mark.parametrize("status", [413, 501, 505])
def test_what_a_proxy_would_answer_again_is_not_to_be_tried_again(
    sync_cloud: Cloud, status: int
) -> None:
    error = refused(sync_cloud, httpx.Response(status, html="<h1>proxy</h1>"))
    assert error.hint is not None
    assert "again" not in error.hint
    assert not error.retryable


def test_a_hint_that_speaks_of_mistakes_needs_some() -> None:
    mistake = ProblemDetail(param="/x", code="missing", detail="Give it.")
    with_mistakes = failure_of(problem("invalid_request", "Wrong.", errors=(mistake,)))
    assert with_mistakes.hint == PROBLEMS["invalid_request"].hint
    assert failure_of(problem("invalid_request", "Wrong.")).hint is None


def all_errors() -> list[aiaas.AiaasError]:
    index_error = failure_of(problem("invalid_image", "Bad.", param="/inputs/2"))
    return [
        aiaas.ConfigurationError("no key"),
        aiaas.MissingDependencyError("This", package="Pillow", extra="images"),
        aiaas.APIConnectionError("refused", host="h", phase="connect"),
        aiaas.APITimeoutError("", host="h", phase="read", hint="Wait."),
        aiaas.ResponseValidationError(
            "bad", operation="o", status=200, request_id="r", place="p", body=b"b"
        ),
        failure_of(problem("overloaded", "Busy.", request_id="r"), retry_after_s=2.0),
        index_error,
    ]


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: type(error).__name__)
def test_errors_survive_pickling_and_copying(error: aiaas.AiaasError) -> None:
    error.add_note("seen in a worker")
    unpickled = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    for twin in (unpickled, copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)


def test_a_traceback_names_an_error_as_callers_import_it() -> None:
    assert aiaas.NotFoundError.__module__ == "aiaas"


def test_headers_of_an_error_are_masked_where_secret(sync_cloud: Cloud) -> None:
    error = refused(sync_cloud, sync_cloud.problem("overloaded", Set_Cookie="session=hidden"))
    assert error.headers["set-cookie"] == "***"
    assert error.headers["x-request-id"] == "req_problem"


def test_a_missing_package_comes_with_the_line_that_installs_it() -> None:
    error = aiaas.MissingDependencyError("Sending a numpy array", package="Pillow", extra="images")
    assert isinstance(error, ImportError)
    assert str(error).endswith("Run: pip install 'aiaas[images]'")


DRAWINGS = [Path(errors.__file__), Path(__file__).parents[3] / "docs" / "errors.md"]


def drawn(text: str) -> dict[str, str]:
    """Return the classes in a drawing of the tree, with the one that each hangs from."""
    parents: dict[str, str] = {}
    branch: list[str] = ["Exception"]
    for line in re.findall(r"^AiaasError$|^[│ ]*[├└]── \w+", text, re.MULTILINE):
        name = line.split()[-1]
        depth = 1 + line.index(name) // len("├── ")
        branch[depth:] = [name]
        parents[name] = branch[depth - 1]
    return parents


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.name)
def test_the_tree_is_drawn_with_every_public_error_in_its_place(path: Path) -> None:
    public = [getattr(home, name) for home in (aiaas, aiaas.middleware) for name in home.__all__]
    kinds = [one for one in public if isinstance(one, type) and issubclass(one, aiaas.AiaasError)]
    assert drawn(path.read_text("utf-8")) == {
        kind.__name__: kind.__bases__[0].__name__ for kind in kinds
    }
