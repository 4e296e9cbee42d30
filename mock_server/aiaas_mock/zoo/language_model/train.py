"""Make the bundle of the language model."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from aiaas_mock.inference.card_inputs import StepInput
from aiaas_mock.inference.card_outputs import NextTokenOutput
from aiaas_mock.inference.cards import Card, Metric, Training, Variant
from aiaas_mock.inference.preprocess.generation import (
    Generation,
    Sampler,
    Sampling,
    TextTokens,
    TokenStreamer,
)
from aiaas_mock.zoo.bundling import finish_bundle, new_bundle_folder
from aiaas_mock.zoo.language_model.clean import clean_texts
from aiaas_mock.zoo.language_model.evaluate import (
    Losses,
    Step,
    characters_of,
    evaluate,
    held_out,
    metrics_of,
    microseconds_per_step,
    runner,
    specs_of,
)
from aiaas_mock.zoo.language_model.network import LstmSettings, Weights, train_network
from aiaas_mock.zoo.language_model.ngrams import trigram_loss, unigram_loss
from aiaas_mock.zoo.language_model.step import to_litert
from aiaas_mock.zoo.language_model.tokens import END_ID, beginnings, encode, train_tokenizer
from aiaas_mock.zoo.word2vec.corpus import CORPUS, load_texts

TOKENIZER_FILE = "tokenizer.json"
VARIANT = "int8"
PROMPTS = (
    "I think",
    "Thank you",
    "How do I",
    "What is",
    "My card",
    "",
    "酒店",
    "这本书",
    "The",
    "why",
)


def train(
    *, name: str, data: Path, out: Path, epochs: int | None, report: Callable[[str], None]
) -> Path:
    """Train `lstm-lm` and write its bundle."""
    settings = LstmSettings()
    if epochs is not None:
        settings = replace(settings, epochs=epochs)
    everything = load_texts(data, "train")
    kept = clean_texts(everything)
    report(f"{name}: {len(kept)} texts, {len(everything) - len(kept)} left out for their words")
    texts = beginnings(kept)
    tokenizer = train_tokenizer(texts, settings.vocabulary)
    settings = replace(settings, vocabulary=tokenizer.get_vocab_size())  # fewer of few texts
    train_tokens, validation = encode(tokenizer, texts), encode(tokenizer, held_out(data))
    weights = train_network(train_tokens, validation, settings, report)

    card = _draft(name, settings, weights, left_out=len(everything) - len(kept))
    folder = new_bundle_folder(out, card)
    (folder / TOKENIZER_FILE).write_text(tokenizer.to_str(pretty=False), "utf-8")
    (folder / card.variants[VARIANT].file).write_bytes(to_litert(weights))
    tokens = TextTokens(tokenizer)
    baselines = _baselines(card, train_tokens, validation, tokens)
    card = card.model_copy(update={"baselines": baselines})
    finish_bundle(
        folder,
        card,
        measure=lambda draft: evaluate(card=draft, folder=folder, data=data, bundles=out),
    )
    _show(card, tokens, runner(folder, card), report)
    return folder


def sample(card: Card, tokens: TextTokens, step: Step, prompt: str, sampling: Sampling) -> str:
    """Continue a prompt."""
    spec, output = specs_of(card)
    ids = tokens.encode(prompt)
    generation = Generation(ids, spec, output, Sampler(sampling), max_tokens=40)
    streamer, text = TokenStreamer(tokens), ""
    while generation.finished is None:
        token = generation.advance(step(generation.row[None])[0])
        text += "" if token is None else streamer.push(token)
    return text + streamer.finish()


def _show(card: Card, tokens: TextTokens, step: Step, report: Callable[[str], None]) -> None:
    for seed, prompt in enumerate(PROMPTS):
        continued = sample(card, tokens, step, prompt, Sampling(temperature=0.8, seed=seed))
        report(f"{prompt!r} -> {continued!r}")
    for streams in (1, 16):
        taken = microseconds_per_step(step, specs_of(card)[0], streams)
        report(f"{streams} streams: {taken:.0f} microseconds a step")


def _baselines(
    card: Card,
    train: Sequence[Sequence[int]],
    validation: Sequence[Sequence[int]],
    tokens: TextTokens,
) -> tuple[Metric, ...]:
    count = sum(len(text) - 1 for text in validation)
    characters = characters_of(validation, tokens)
    vocabulary = specs_of(card)[0].vocabulary
    found: list[Metric] = []
    for method, function in (
        ("unigram", unigram_loss),
        ("trigram, interpolated Kneser-Ney", trigram_loss),
    ):
        total = function(train, validation, vocabulary) * count
        for metric in metrics_of(card, Losses(total, count, characters), len(validation)):
            changes = {"variant": f"{method}, same tokens", "command": _command(card.name)}
            found.append(metric.model_copy(update=changes))
    return tuple(found)


def _command(name: str) -> str:
    return f"aiaas-mock train {name} --data DIR --out DIR"


def _draft(name: str, settings: LstmSettings, weights: Weights, *, left_out: int) -> Card:
    state = 2 * settings.units
    parts = (weights.table, weights.kernel, weights.bias, weights.projection, weights.offsets)
    return Card(
        name=name,
        version="1",
        task="text-generation",
        summary="Continues an English or Chinese text, one token after the other",
        origin="trained-by-us",
        languages=("en", "zh"),
        input=StepInput(
            tokenizer_file=TOKENIZER_FILE,
            vocabulary=settings.vocabulary,
            state=state,
            start_token=END_ID,
        ),
        output=NextTokenOutput(vocabulary=settings.vocabulary, state=state, end_token=END_ID),
        max_batch=32,
        architecture=f"Byte-level BPE of {settings.vocabulary} tokens; embedding of "
        f"{settings.embedding}, one LSTM of {settings.units} units, output tied to the embedding; "
        "served one step at a time",
        parameters=sum(int(np.size(part)) for part in parts),
        data=CORPUS,
        limits="A toy next to today's models: it knows the tone of short Reddit comments, "
        "requests to an assistant, banking questions and Chinese reviews, and keeps a thread for "
        "about one sentence. What it says is made up: never take it for a fact, and never show it "
        "as a person's words. Texts with words of a short list of profanity and slurs were left "
        f"out of its training ({left_out} texts), which is no guarantee: it can still be rude, "
        "prejudiced or about death and violence. It learned from texts of up to 96 tokens.",
        licence="Apache-2.0",
        created=datetime.now(UTC).date(),
        training=Training(
            command=_command(name),
            settings={"optimizer": "Adam, cosine decay", "texts_left_out": left_out}
            | asdict(settings),
        ),
        variants={VARIANT: Variant(engine="litert", file="model.tflite")},
        default_variant=VARIANT,
    )
