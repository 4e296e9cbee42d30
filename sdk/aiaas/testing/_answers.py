"""Answers made of the contract's example and what a test changes in it, checked by its types."""

from __future__ import annotations

import base64
import copy
import difflib
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError

from aiaas.contract._findings import findings
from aiaas.contract.answers import InferenceAnswer, ItemError, Page
from aiaas.contract.examples import example_of
from aiaas.contract.jobs import JobEventList
from aiaas.testing._calls import Call
from aiaas.testing._errors import WrongAnswerError

if TYPE_CHECKING:
    from aiaas.contract._operation import Operation

Given: TypeAlias = BaseModel | Mapping[str, object] | bytes | str
"""One answer, or one result of an answer: a model of the contract, or the fields in which it
differs from the contract's example."""

Answer: TypeAlias = Given | Callable[[Call], Given | Sequence[Given]]
"""What a test may script: an answer, or a function that makes it from the call."""


def compose(
    operation: Operation[Any, Any],
    call: Call,
    given: Sequence[Answer] = (),
    changes: Mapping[str, object] | None = None,
) -> bytes:
    """Return the body of the answer to a call.

    Raises:
        WrongAnswerError: The contract does not allow it.
    """
    if operation.response is None:
        return _plain(operation, _made(given, call))
    response = _response_of(operation)
    body = example_body(operation)
    made = _made(given, call)
    items = [item_body(operation, one) for one in made]
    if _list_of(response) == "results":
        _fill_results(operation, body, call, items)
    elif issubclass(response, JobEventList):
        _fill_events(body, call, items)
    elif _list_of(response) == "data":
        _fill_page(body, call, items)
    else:
        body |= items[0] if items else {}
        # Unless the test says otherwise: clients compare the checksum of what they sent.
        said = set(made[0]) if made and isinstance(made[0], Mapping) else set()
        whole = bool(made) and isinstance(made[0], BaseModel)
        stored = {} if whole or not operation.upload else _stored(response, call)
        body |= {name: value for name, value in stored.items() if name not in said}
        if "model" not in said and not whole:
            _name_model(response, body, call)
    body |= {name: _json(value) for name, value in (changes or {}).items()}
    if {"created", "errors"} <= response.model_fields.keys() and not _says(
        "created", made, changes
    ):
        body["created"] = _new_entries(body, call)
    return validated(operation, body).model_dump_json(exclude_unset=True).encode()


def headers_of(operation: Operation[Any, Any], body: bytes) -> dict[str, str]:
    """Return the headers that belong to a body: its checksum, by which clients compare files."""
    if operation.media_type != "application/octet-stream":
        return {}
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return {"Repr-Digest": f"sha-256=:{digest}:"}


def check(
    operation: Operation[Any, Any], given: Sequence[Answer], changes: Mapping[str, object]
) -> None:
    """Refuse now what `compose` would refuse when the call comes, where that can be told."""
    if operation.response is None and not changes:
        return
    many = _list_of(_response_of(operation)) is not None
    if len(given) > 1 and not many:
        raise WrongAnswerError(
            f"{operation.name} gives one answer; got {len(given)}. "
            "For one after the other: .answers(first).answers(second)"
        )
    for one in given:
        if not callable(one) or isinstance(one, BaseModel):
            item_body(operation, one)
    _check_names(operation, _response_of(operation), changes)
    changed_example(operation, changes)


def changed_example(operation: Operation[Any, Any], changes: Mapping[str, object]) -> BaseModel:
    """Return the contract's example of an answer with some fields changed.

    Raises:
        WrongAnswerError: The contract does not allow it.
    """
    example = example_body(operation)
    return validated(operation, example | {name: _json(one) for name, one in changes.items()})


def example_body(operation: Operation[Any, Any]) -> dict[str, Any]:
    """Return a copy of the answer that the contract has as its example."""
    return copy.deepcopy(example_of(operation.name).response or {})


def item_body(operation: Operation[Any, Any], given: Given) -> dict[str, Any]:
    """Return one result, one item of a list, or the whole of any other answer, as JSON.

    Raises:
        WrongAnswerError: The contract does not allow it.
    """
    if isinstance(given, bytes | str):
        raise WrongAnswerError(
            f"{operation.name} answers JSON; got {type(given).__name__}. "
            f"Pass its model, or the fields that matter."
        )
    kind, example = _item_of(operation)
    if isinstance(given, ItemError):
        return given.model_dump(mode="json")
    if isinstance(given, BaseModel):
        if not isinstance(given, kind):
            raise WrongAnswerError(
                f"{operation.name} answers with {kind.__name__}; got {type(given).__name__}."
            )
        body: dict[str, Any] = given.model_dump(mode="json")
    else:
        _check_names(operation, kind, given)
        body = example | {name: _json(value) for name, value in given.items()}
    _validated(operation, kind, body)
    return body


def validated(operation: Operation[Any, Any], body: Mapping[str, Any]) -> BaseModel:
    """Return an answer as its type.

    Raises:
        WrongAnswerError: The contract does not allow it.
    """
    return _validated(operation, _response_of(operation), body)


def _made(given: Sequence[Answer], call: Call) -> list[Given]:
    made: list[Given] = []
    for one in given:
        if isinstance(one, BaseModel | Mapping | bytes | str):
            made.append(one)
            continue
        found = one(call)
        several = isinstance(found, Sequence) and not isinstance(found, bytes | str)
        made.extend(cast("Sequence[Given]", found) if several else [cast("Given", found)])
    return made


def _fill_results(
    operation: Operation[Any, Any], body: dict[str, Any], call: Call, items: list[dict[str, Any]]
) -> None:
    if "documents" in call.fields:
        results = _ranking(call.fields, items or body["results"][:1], scripted=bool(items))
    else:
        results = _one_each(operation, call, items or body["results"][:1])
    body["results"] = results
    _name_model(_response_of(operation), body, call)
    for result in results if not items else ():
        result |= {name: body[name] for name in ("model",) if name in result}
    body["usage"] |= {"inputs": sum("error" not in result for result in results)}
    vectors = [result["embedding"] for result in results if "embedding" in result]
    if "dimensions" in body and vectors and not isinstance(vectors[0], str):
        body["dimensions"] = len(vectors[0])


def _one_each(
    operation: Operation[Any, Any], call: Call, results: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    sent = len(call.inputs) or len(call.fields.get("inputs", ())) or 1
    if len(results) == 1:
        results = [copy.deepcopy(results[0]) for _ in range(sent)]
    if len(results) != sent:
        raise WrongAnswerError(
            f"{operation.name}: {len(results)} results were scripted, but {sent} "
            f"{'input was' if sent == 1 else 'inputs were'} sent. "
            "Script one result for all, or one for each."
        )
    return [result | {"index": index} for index, result in enumerate(results)]


def _ranking(
    fields: Mapping[str, Any], results: list[dict[str, Any]], *, scripted: bool
) -> list[dict[str, Any]]:
    """Return the results that a test gave, or the documents in their own order."""
    documents = fields["documents"]
    if not scripted:
        falling = [1 - index / (len(documents) + 1) for index in range(len(documents))]
        results = [
            results[0] | {"index": index, "relevance_score": score}
            for index, score in enumerate(falling)
        ]
    for result in results:
        if result["index"] >= len(documents):
            raise WrongAnswerError(
                f"A result is about document {result['index']}, but {len(documents)} were sent, "
                "counted from 0."
            )
        if "error" not in result:
            repeated = fields.get("return_documents")
            result["document"] = documents[result["index"]] if repeated else None
    return results[: fields.get("top_n") or len(documents)]


def _name_model(response: type[BaseModel], body: dict[str, Any], call: Call) -> None:
    model = call.fields.get("model")
    if model and issubclass(response, InferenceAnswer):
        body["model"] = model if "@" in model else f"{model}@1"


def _fill_page(body: dict[str, Any], call: Call, items: list[dict[str, Any]]) -> None:
    """Give the page that `limit` and `cursor` ask for; the cursor is a position."""
    if not items:
        return
    start = int(call.fields.get("cursor") or 0)
    end = start + int(call.fields.get("limit") or len(items))
    more = end < len(items)
    body |= {
        "data": items[start:end],
        "has_more": more,
        "next_cursor": str(end) if more else None,
    }


def _fill_events(body: dict[str, Any], call: Call, items: list[dict[str, Any]]) -> None:
    """Give the events after the one that the client knows."""
    after = int(call.fields.get("after") or 0)
    body["data"] = [one for one in items or body["data"] if one["number"] > after]


def _says(field: str, made: Sequence[Given], changes: Mapping[str, object] | None) -> bool:
    given = made[0] if made else {}
    return isinstance(given, BaseModel) or field in given or field in (changes or {})


def _new_entries(body: Mapping[str, Any], call: Call) -> int:
    """Return how many of the entries that were sent are neither known nor refused."""
    sent = next((len(value) for value in call.fields.values() if isinstance(value, list)), 0)
    known: int = body.get("updated", 0) + body.get("duplicates", 0)
    return max(0, sent - known - len(body.get("errors", ())))


def _stored(response: type[BaseModel], call: Call) -> dict[str, Any]:
    """Return what a deployment says of an upload because of what was sent."""
    content = b"".join(call.inputs)
    facts = {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
    facts |= {name: value for name, value in call.fields.items() if name == "purpose"}
    return {name: value for name, value in facts.items() if name in response.model_fields}


def _plain(operation: Operation[Any, Any], given: Sequence[Given]) -> bytes:
    wanted = "JSON" if operation.media_type == "application/json" else "bytes or text"
    one = given[0] if given else ("{}" if wanted == "JSON" else "")
    if isinstance(one, Mapping):
        return json.dumps(one).encode()
    if isinstance(one, BaseModel):
        raise WrongAnswerError(f"{operation.name} answers {wanted}; got {type(one).__name__}.")
    return one if isinstance(one, bytes) else one.encode()


def _item_of(operation: Operation[Any, Any]) -> tuple[type[BaseModel], dict[str, Any]]:
    """Return the type of what a test gives, and the example of it."""
    example, response = example_body(operation), _response_of(operation)
    field = _list_of(response)
    if field is None:
        return response, example
    item = get_args(response.model_fields[field].annotation)[0]
    if get_origin(item) is Annotated:  # the contract's ResultOr
        item = get_args(item)[0]
    kind = next((one for one in get_args(item) if one is not ItemError), item)
    return kind, next(iter(example[field]), {})


def _list_of(response: type[BaseModel]) -> str | None:
    """Return the field with the items of a test, or None when an answer is one thing."""
    for holder, field in ((InferenceAnswer, "results"), (Page, "data"), (JobEventList, "data")):
        if issubclass(response, holder) and field in response.model_fields:
            return field
    return None


def _response_of(operation: Operation[Any, Any]) -> type[BaseModel]:
    if operation.response is None:
        raise WrongAnswerError(f"{operation.name} answers bytes or text; it has no fields.")
    return cast("type[BaseModel]", operation.response)


def _validated(
    operation: Operation[Any, Any], kind: type[BaseModel], body: Mapping[str, Any]
) -> BaseModel:
    try:
        return kind.model_validate_json(json.dumps(body), strict=True)
    except ValidationError as error:
        raise WrongAnswerError(_explained(operation, kind, error)) from None


def _explained(
    operation: Operation[Any, Any], kind: type[BaseModel], error: ValidationError
) -> str:
    lines = [f"{operation.name} cannot answer that: its {kind.__name__} would be wrong."]
    for one in findings(error, kind)[:5]:
        place = ".".join(str(step) for step in one.place)
        given = "" if one.kind == "missing" else f"; got {_short(one.value)}"
        lines.append(f"  {one.about(place)}{given}")
    return "\n".join(lines)


def _check_names(
    operation: Operation[Any, Any], kind: type[BaseModel], names: Iterable[str]
) -> None:
    for name in names:
        if name in kind.model_fields:
            continue
        item = _item_of(operation)[0]
        if name in item.model_fields:
            raise WrongAnswerError(
                f"'{name}' is a field of each {item.__name__} in the answer of {operation.name}, "
                f"not of the answer itself: pass {{{name!r}: ...}}."
            )
        known = list(kind.model_fields)
        raise WrongAnswerError(
            f"{kind.__name__}, the answer of {operation.name}, has no field '{name}'."
            f"{did_you_mean(name, known)}\n  It has: {', '.join(known)}."
        )


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a question about the nearest known name, or nothing."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _json(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _json(one) for name, one in value.items()}
    return value
