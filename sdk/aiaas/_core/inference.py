"""Answers of batchable inference: one result or one error for each input, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast

from aiaas._core.bulk import shift_error
from aiaas._core.failures import failure_of
from aiaas._core.responses import RawResponse, invalid, parse
from aiaas._core.results import Origin, Traced, attach
from aiaas.contract._operation import Operation
from aiaas.contract.answers import InferenceAnswer, ItemError

if TYPE_CHECKING:
    from pydantic import BaseModel

ResultT = TypeVar("ResultT", bound=Traced)
ModelT = TypeVar("ModelT", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class InferenceCall(Generic[ResultT]):
    """An operation that answers a list, and the SDK's types for it.

    Attributes:
        operation: The row of the operation table.
        answer: The model of the whole answer; its ``results`` are `result` or `ItemError`.
        result: The model of one result.
    """

    operation: Operation[Any, Any]
    answer: type[InferenceAnswer]
    result: type[ResultT]

    @property
    def many(self) -> str:
        """Name of the SDK's method for several inputs."""
        return f"{self.operation.name.partition('.')[2]}_many"

    def results(
        self, response: RawResponse, *, expected: int, start: int = 0
    ) -> list[ResultT | ItemError]:
        """Take an answer apart.

        Args:
            response: The answer.
            expected: How many inputs the request had.
            start: Position of the first of them among all inputs of the caller.

        Raises:
            ResponseValidationError: The answer does not have exactly one result per input.
        """
        answer = parse(self.operation, response, self.answer)
        results = cast("tuple[ResultT | ItemError, ...]", cast("Any", answer).results)
        self._check_order(response, results, expected)
        origin = Origin(response.headers, answer.model)
        return [self._placed(result, start, origin) for result in results]

    def only_result(self, response: RawResponse) -> ResultT:
        """Take the answer to a single input apart.

        Raises:
            InvalidInputError: The deployment could not use the input.
            ResponseValidationError: The answer does not have exactly one result.
        """
        result = self.results(response, expected=1)[0]
        if isinstance(result, ItemError):
            _raise_item_error(result, response)
        return result

    def _check_order(self, response: RawResponse, results: tuple[Any, ...], expected: int) -> None:
        # A result in the wrong place would silently be another input's answer.
        if len(results) != expected:
            reason = f"{len(results)} results for {expected} inputs"
            raise invalid(self.operation, response, reason, "results")
        for position, result in enumerate(results):
            if result.index != position:
                reason = f"index {result.index} at position {position}"
                raise invalid(self.operation, response, reason, f"results.{position}.index")

    def _placed(
        self, result: ResultT | ItemError, start: int, origin: Origin
    ) -> ResultT | ItemError:
        if isinstance(result, ItemError):
            return shift_error(result, start) if start else result
        if start:
            model = cast("Any", result)
            result = cast("ResultT", model.model_copy(update={"index": model.index + start}))
        attach(result, origin)
        return result


def parse_whole(
    operation: Operation[Any, Any], response: RawResponse, answer: type[ModelT]
) -> ModelT:
    """Read an answer that is one result, and note where it came from.

    Raises:
        ResponseValidationError: The contract does not allow it.
    """
    parsed = parse(operation, response, answer)
    attach(parsed, Origin(response.headers))
    return parsed


def _raise_item_error(item: ItemError, response: RawResponse) -> NoReturn:
    raise failure_of(item.error, request_id=response.request_id, index=item.index)
