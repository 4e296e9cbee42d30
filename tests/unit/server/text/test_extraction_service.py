"""The operations that need no model of the catalogue: results and errors in their places."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import pytest

from aiaas.contract.answers import ItemError
from aiaas.contract.text._common import MAX_CHARACTERS
from aiaas.contract.text.extraction import (
    DetectLanguageRequest,
    KeyphrasesRequest,
    RedactRequest,
    SummarizeRequest,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.text import results
from aiaas_mock.services.text.extraction import ExtractionService
from aiaas_mock.services.text.languages import LanguageDetector
from aiaas_mock.services.text.redaction import FoundName

TOO_LONG = "a" * (MAX_CHARACTERS + 1)


class Names:
    """Finds Ann."""

    model = "entities@1"

    async def find(
        self, texts: Sequence[str], context: RequestContext
    ) -> Sequence[Sequence[FoundName]]:
        return [
            [FoundName(at, at + 3, 0.6)] if (at := text.find("Ann")) >= 0 else [] for text in texts
        ]


@pytest.fixture
def service(executor: Executor) -> ExtractionService:
    return ExtractionService(executor, LanguageDetector())


@pytest.fixture
def with_names(executor: Executor) -> ExtractionService:
    return ExtractionService(executor, LanguageDetector(), Names())


async def test_key_phrases_come_with_the_language_of_each_text(
    service: ExtractionService, context: RequestContext
) -> None:
    request = KeyphrasesRequest(
        inputs=("The battery cells are old.", "", "酒店的隔音效果，隔音效果。")
    )
    answer = await service.keyphrases(request, context)
    english, empty, chinese = answer.results
    assert isinstance(empty, ItemError)
    assert (empty.index, empty.error.code, empty.error.param) == (1, "empty_input", "/inputs/1")
    assert not isinstance(english, ItemError)
    assert not isinstance(chinese, ItemError)
    assert (english.language, english.keyphrases[0].text) == ("en", "battery cells")
    assert (chinese.language, chinese.keyphrases[0].text) == ("zh", "隔音效果")
    assert (answer.id, answer.model, answer.usage.inputs) == ("tkp_1", "tfidf-keyphrases@1", 2)
    trace = context.trace
    assert (trace.model, trace.inputs, trace.failed_inputs) == ("tfidf-keyphrases@1", 3, 1)


async def test_a_language_without_rules_is_refused(
    service: ExtractionService, context: RequestContext
) -> None:
    with pytest.raises(ApiError, match="en and zh") as caught:
        await service.keyphrases(KeyphrasesRequest(inputs=("Hallo",), language="de"), context)
    assert (caught.value.code, caught.value.param) == ("language_not_supported", "/language")


async def test_a_summary_is_made_of_sentences_in_their_order(
    service: ExtractionService, context: RequestContext
) -> None:
    text = "Red cars are fast. I like tea. Fast red cars cost more. It rained."
    request = SummarizeRequest(inputs=(text, "我喜欢酒店。房间很好。"), max_sentences=2)
    answer = await service.summarize(request, context)
    english, chinese = answer.results
    assert not isinstance(english, ItemError)
    assert not isinstance(chinese, ItemError)
    assert english.summary == "Red cars are fast. Fast red cars cost more."
    assert [text[one.start : one.end] for one in english.sentences] == [
        one.text for one in english.sentences
    ]
    assert chinese.summary == "我喜欢酒店。房间很好。"
    assert answer.model == "lexrank@1"


async def test_languages_come_with_their_probabilities(
    service: ExtractionService, context: RequestContext
) -> None:
    request = DetectLanguageRequest(inputs=("Wo ist meine Bestellung?", TOO_LONG, "42"), top_k=3)
    answer = await service.detect_language(request, context)
    german, long, number = answer.results
    assert not isinstance(german, ItemError)
    assert not isinstance(number, ItemError)
    assert isinstance(long, ItemError)
    assert (german.language, len(german.languages)) == ("de", 3)
    assert german.score == german.languages[0].score
    assert (number.language, number.score) == ("und", 1.0)
    assert long.error.code == "text_too_long"
    assert answer.model == LanguageDetector().model


async def test_personal_data_is_replaced_and_explained(
    service: ExtractionService, context: RequestContext
) -> None:
    text = "Ann pays with 4111 1111 1111 1111."
    answer = await service.redact(RedactRequest(inputs=(text, " ")), context)
    result, empty = answer.results
    assert not isinstance(result, ItemError)
    assert isinstance(empty, ItemError)
    assert result.text == "Ann pays with [CREDIT_CARD]."
    (redaction,) = result.redactions
    assert text[redaction.start : redaction.end] == "4111 1111 1111 1111"
    assert result.text[redaction.redacted_start : redaction.redacted_end] == "[CREDIT_CARD]"
    assert (redaction.recognizer, redaction.type) == ("credit-card-luhn", "credit_card")
    assert "Luhn" in redaction.reason
    assert (answer.model, answer.usage.inputs) == ("redaction-rules@1", 1)
    assert "4111" not in answer.model_dump_json()


async def test_names_of_people_are_found_where_a_model_can(
    with_names: ExtractionService, context: RequestContext
) -> None:
    inputs = ("Hi", "", "Ask Ann: ann@example.com")
    answer = await with_names.redact(RedactRequest(inputs=inputs), context)
    result = answer.results[2]
    assert not isinstance(result, ItemError)
    assert result.text == "Ask [PERSON]: [EMAIL]"
    assert result.redactions[0].recognizer == "entities@1"
    answer = await with_names.redact(RedactRequest(inputs=inputs, min_score=0.7), context)
    result = answer.results[2]
    assert not isinstance(result, ItemError)
    assert result.text == "Ask Ann: [EMAIL]"


async def test_equal_values_have_equal_hashes_in_one_request_or_with_one_key(
    service: ExtractionService, context: RequestContext
) -> None:
    async def hashed(key: str | None) -> list[str]:
        request = RedactRequest(inputs=("a@b.com", "A@B.com"), mode="hash", hash_key=key)
        answer = await service.redact(request, context)
        return [result.text for result in answer.results if not isinstance(result, ItemError)]

    first, second = await hashed(None)
    assert first == second
    assert (await hashed(None))[0] != first
    assert await hashed("k" * 16) == await hashed("k" * 16)


@pytest.mark.parametrize("unknown", ["person", "passport"])
async def test_a_type_of_data_that_is_not_found_here_is_refused(
    service: ExtractionService, context: RequestContext, unknown: str
) -> None:
    with pytest.raises(ApiError, match="email, iban") as caught:
        await service.redact(RedactRequest(inputs=("x",), types=("email", unknown)), context)
    assert (caught.value.code, caught.value.param) == ("invalid_request", "/types/1")


async def test_work_stops_when_the_deadline_has_passed(
    service: ExtractionService, context: RequestContext
) -> None:
    late = replace(context, deadline=asyncio.get_running_loop().time() - 1)
    with pytest.raises(ApiError) as caught:
        await service.summarize(SummarizeRequest(inputs=("One. Two.",)), late)
    assert caught.value.code == "deadline_exceeded"


async def test_many_texts_keep_their_places(
    service: ExtractionService, context: RequestContext
) -> None:
    inputs = tuple("x " * 100 * (index % 40) for index in range(100))
    answer = await service.summarize(SummarizeRequest(inputs=inputs), context)
    assert [result.index for result in answer.results] == list(range(100))
    assert answer.usage.inputs == 97


async def test_personal_data_are_written_over_away_from_the_event_loop_until_the_deadline(
    service: ExtractionService, context: RequestContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []
    original = results.redacted
    loop = asyncio.get_running_loop()
    limited = replace(context, deadline=loop.time() + 60)

    def watched(found: results.PersonalData, writer: Any) -> Any:
        threads.append(threading.get_ident())
        monkeypatch.setattr(loop, "time", lambda: limited.deadline + 1)
        return original(found, writer)

    monkeypatch.setattr(results, "redacted", watched)
    request = RedactRequest(inputs=("word " * 5_000, "word " * 5_000))
    with pytest.raises(ApiError) as caught:
        await service.redact(request, limited)
    assert caught.value.code == "deadline_exceeded"
    assert len(threads) == 1
    assert threading.get_ident() not in threads
