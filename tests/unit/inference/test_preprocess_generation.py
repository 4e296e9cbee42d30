"""Generation: draws that can be repeated, whole characters, and a state that goes round."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers

from aiaas_mock.inference.card_inputs import StepInput
from aiaas_mock.inference.card_outputs import NextTokenOutput
from aiaas_mock.inference.preprocess.generation import (
    Generation,
    Sampler,
    Sampling,
    TextTokens,
    TokenStreamer,
)

END = 0
LOGITS = np.array([0.0, 1.0, 2.0, 0.5], np.float32)
SPEC = StepInput(tokenizer_file="tokenizer.json", vocabulary=4, state=2, start_token=END)
OUTPUT = NextTokenOutput(vocabulary=4, state=2, end_token=END)


def byte_tokenizer() -> Tokenizer:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {character: 1 + place for place, character in enumerate(alphabet)}
    tokenizer = Tokenizer(models.BPE({"<end>": END, **vocabulary}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens(["<end>"])
    return tokenizer


@pytest.fixture(scope="module")
def tokens() -> TextTokens:
    return TextTokens(byte_tokenizer())


def drawn(sampling: Sampling, times: int = 200) -> list[int]:
    sampler = Sampler(sampling)
    return [sampler.pick(LOGITS) for _ in range(times)]


def test_temperature_zero_takes_the_likeliest() -> None:
    assert set(drawn(Sampling(temperature=0))) == {2}


def test_the_same_seed_draws_the_same() -> None:
    assert drawn(Sampling(seed=3)) == drawn(Sampling(seed=3))
    assert drawn(Sampling(seed=3)) != drawn(Sampling(seed=4))


def test_draws_follow_the_probabilities() -> None:
    draws = np.bincount(drawn(Sampling(seed=1), times=20_000), minlength=4) / 20_000
    expected = np.exp(LOGITS) / np.exp(LOGITS).sum()
    np.testing.assert_allclose(draws, expected, atol=0.015)


def test_a_low_temperature_sharpens_and_a_high_one_flattens() -> None:
    shares = [
        drawn(Sampling(temperature=t, seed=1), times=2_000).count(2) / 2_000 for t in (0.2, 1, 5)
    ]
    assert shares[0] > 0.95
    assert shares[0] > shares[1] > shares[2] > 0.25


@pytest.mark.parametrize(
    ("top_p", "kept"),
    [(0.01, {2}), (0.5, {2}), (0.6, {2, 1}), (0.9, {2, 1, 3}), (1.0, {0, 1, 2, 3})],
)
def test_top_p_leaves_the_unlikely_out(top_p: float, kept: set[int]) -> None:
    assert set(drawn(Sampling(top_p=top_p, seed=1), times=2_000)) == kept


def test_great_scores_do_not_overflow() -> None:
    assert Sampler(Sampling(seed=1)).pick(np.array([-1e4, 1e4], np.float32)) == 1


@pytest.mark.parametrize("text", ["", "plain", "naïve 北京 👩‍👧", "\u0000\n\ttab"])
def test_tokens_stand_for_the_bytes_of_any_text(tokens: TextTokens, text: str) -> None:
    ids = tokens.encode(text)
    assert b"".join(map(tokens.bytes_of, ids)).decode("utf-8") == text
    assert tokens.bytes_of(END) == b""


def test_a_stream_never_lets_half_a_character_out(tokens: TextTokens) -> None:
    streamer = TokenStreamer(tokens)
    pieces = [streamer.push(token) for token in tokens.encode("é北👍.")]
    assert pieces == ["", "é", "", "", "北", "", "", "", "👍", "."]
    assert streamer.finish() == ""


def test_a_stream_that_ends_inside_a_character_says_so(tokens: TextTokens) -> None:
    streamer = TokenStreamer(tokens)
    assert [streamer.push(token) for token in tokens.encode("北")[:2]] == ["", ""]
    assert streamer.finish() == "\ufffd"


def test_bytes_that_are_no_text_are_replaced(tokens: TextTokens) -> None:
    streamer = TokenStreamer(tokens)
    continuation = tokens.encode("北")[1]
    assert streamer.push(continuation) == "\ufffd"
    assert streamer.push(tokens.encode("a")[0]) == "a"


def test_the_tokenizer_of_a_bundle_is_read(tmp_path: Path, tokens: TextTokens) -> None:
    byte_tokenizer().save(str(tmp_path / "tokenizer.json"))
    assert TextTokens.of_bundle(tmp_path, SPEC).encode("hi") == tokens.encode("hi")


def answer(best: int, state: float) -> NDArray[np.float32]:
    outputs = np.zeros(OUTPUT.size, np.float32)
    outputs[best] = 9
    outputs[OUTPUT.vocabulary :] = state
    return outputs


def greedy(prompt: list[int], max_tokens: int = 5) -> Generation:
    sampler = Sampler(Sampling(temperature=0))
    return Generation(prompt, SPEC, OUTPUT, sampler, max_tokens=max_tokens)


def test_the_prompt_goes_first_and_the_state_goes_round() -> None:
    generation = greedy([3, 1])
    assert generation.row.tolist() == [END, 0, 0]
    assert generation.advance(answer(2, 0.1)) is None  # what it says inside the prompt is ignored
    np.testing.assert_allclose(generation.row, [3, 0.1, 0.1])
    assert generation.advance(answer(2, 0.2)) is None
    np.testing.assert_allclose(generation.row, [1, 0.2, 0.2])
    assert generation.advance(answer(2, 0.3)) == 2
    np.testing.assert_allclose(generation.row, [2, 0.3, 0.3])
    assert generation.finished is None


def test_a_text_ends_where_the_model_ends_it() -> None:
    generation = greedy([])
    assert generation.advance(answer(1, 0)) == 1
    assert generation.advance(answer(END, 0)) is None
    assert generation.finished == "stop"


def test_a_text_is_cut_at_its_longest() -> None:
    generation = greedy([], max_tokens=2)
    assert generation.advance(answer(1, 0)) == 1
    assert generation.finished is None
    assert generation.advance(answer(3, 0)) == 3
    assert generation.finished == "length"


def test_the_row_handed_out_before_is_left_alone() -> None:
    generation = greedy([1])
    first = generation.row
    generation.advance(answer(2, 0.5))
    assert first.tolist() == [END, 0, 0]


def test_sizes_follow_from_the_parts() -> None:
    assert SPEC.size == 3
    assert OUTPUT.size == 6


def test_the_lowest_temperature_takes_the_likeliest_and_overflows_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert set(drawn(Sampling(temperature=5e-324, seed=1))) == {
            drawn(Sampling(temperature=0.0), times=1)[0]
        }


def test_as_many_tokens_are_counted_as_a_text_has(tokens: TextTokens) -> None:
    for text in ("", "a", "two words", "好👍"):
        assert tokens.count(text) == len(tokens.encode(text))
