"""Make the bundle of a text classifier."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tensorflow import keras
from tokenizers import Tokenizer

from aiaas_mock.inference.activations import probabilities
from aiaas_mock.inference.card_inputs import TextInput
from aiaas_mock.inference.card_outputs import OutOfScope, ScoresOutput
from aiaas_mock.inference.cards import Card
from aiaas_mock.inference.preprocess.text import Ids, TextEncoder
from aiaas_mock.zoo.bundling import finish_bundle, new_bundle_folder
from aiaas_mock.zoo.measuring import Interpreter
from aiaas_mock.zoo.text import calibration
from aiaas_mock.zoo.text.baselines import measure_baseline
from aiaas_mock.zoo.text.cards import TOKENIZER_FILE, draft
from aiaas_mock.zoo.text.evaluate import evaluate, figures_of
from aiaas_mock.zoo.text.export import VARIANTS, write_tflite
from aiaas_mock.zoo.text.fitting import Examples, Targets, fit, logits_of
from aiaas_mock.zoo.text.linear import fit_linear
from aiaas_mock.zoo.text.measures import best_is_true
from aiaas_mock.zoo.text.negations import made_up
from aiaas_mock.zoo.text.negatives import invent, plain_comments
from aiaas_mock.zoo.text.networks import Shape, build
from aiaas_mock.zoo.text.recipes import RECIPES, Recipe
from aiaas_mock.zoo.text.subjects import SUBJECTS, LabelledTexts, Subject, load, subject_of
from aiaas_mock.zoo.text.tables import learned
from aiaas_mock.zoo.text.vocabulary import learn
from aiaas_mock.zoo.text.word_vectors import vectors_of

OUT_OF_SCOPE_REPEATS: Final = 5
INVENTED_POOL: Final = 4
"""Times as many made-up texts as an epoch takes, so that epochs differ."""
TEST_OUT_OF_SCOPE: Final = 1_000 / 5_500
"""Their share of CLINC150's test split, known from its description."""
DECIDED_ACCURACY: Final = 0.98
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class _Data:
    train: LabelledTexts
    val: LabelledTexts


def train(
    *, name: str, data: Path, out: Path, epochs: int | None, report: Callable[[str], None]
) -> Path:
    """Train a text classifier, calibrate it on validation and write its bundle."""
    subject, recipe = subject_of(name), RECIPES[name]
    if epochs is not None:
        recipe = replace(recipe, fit=replace(recipe.fit, epochs=epochs))
    began = monotonic()
    keras.utils.set_random_seed(recipe.fit.seed)
    texts = _Data(load(subject, data, "train"), load(subject, data, "val"))
    shown = texts.train + made_up(texts.train.labels) if recipe.negations else texts.train
    tokenizer = learn(shown.texts, recipe.words, size=recipe.vocabulary)
    spec = _input(recipe)
    encoder = TextEncoder(tokenizer, spec)
    report(f"{name}: encoding {len(shown):,} texts")
    examples = _examples(subject, recipe, shown, encoder, data)
    shape = _shape(recipe, tokenizer, examples(0), shown, out)
    network = build(recipe.branches, shape, learned)
    val_rows = encoder.rows(texts.val.texts)

    def progress(epoch: int, loss: float) -> None:
        share = best_is_true(logits_of(network, val_rows), texts.val.truth).mean()
        report(f"epoch {epoch}/{recipe.fit.epochs}: loss {loss:.4f}, best label true {share:.4f}")

    fit_linear(network, recipe.branches, shape, *examples(0), several=subject.several)
    if network.trainable_variables:
        fit(
            network,
            examples,
            recipe.fit,
            tokens=recipe.length,
            several=subject.several,
            report=progress,
        )
    seconds = round(monotonic() - began)
    report(f"{name}: trained in {seconds} s")

    card = draft(
        name,
        subject,
        recipe,
        labels=len(texts.val.labels),
        parameters=sum(int(np.prod(w.shape)) for w in network.weights),
    )
    folder = new_bundle_folder(out, card)
    tokenizer.save(str(folder / TOKENIZER_FILE), pretty=False)
    card = _calibrate(card, folder, network, recipe, shape, val_rows, texts.val, report)
    if not recipe.rung:
        test = load(subject, data, "test")
        baselines = measure_baseline(card, subject, texts.train, texts.val, test)
        card = card.model_copy(update={"baselines": baselines})
    return finish_bundle(
        folder,
        card,
        labels=texts.val.labels,
        measure=lambda draft: evaluate(card=draft, folder=folder, data=data, bundles=out),
    )


def _input(recipe: Recipe) -> TextInput:
    return TextInput(tokenizer_file=TOKENIZER_FILE, length=recipe.length, ngrams=recipe.ngrams)


def _shape(
    recipe: Recipe,
    tokenizer: Tokenizer,
    epoch: tuple[Ids, Targets],
    train: LabelledTexts,
    bundles: Path,
) -> Shape:
    size = tokenizer.get_vocab_size()
    vectors = None
    if any(branch.kind == "vectors" for branch in recipe.branches):
        vectors = vectors_of([str(tokenizer.id_to_token(i)) for i in range(size)], bundles)
    return Shape(
        tokens=recipe.length,
        ngrams=recipe.ngrams.length if recipe.ngrams else 0,
        vocabulary=size,
        buckets=recipe.ngrams.buckets if recipe.ngrams else 0,
        classes=len(train.labels),
        rarity=_rarity(epoch[0][:, : recipe.length], size),
        vectors=vectors,
    )


def _rarity(rows: Ids, vocabulary: int) -> NDArray[np.float32]:
    """Return each token's inverse document frequency, smoothed as in scikit-learn."""
    frequency = np.zeros(vocabulary)
    for row in rows:
        frequency[np.unique(row)] += 1
    rarity: NDArray[np.float32] = (np.log((1 + len(rows)) / (1 + frequency)) + 1).astype(np.float32)
    return rarity


def _examples(
    subject: Subject, recipe: Recipe, train: LabelledTexts, encoder: TextEncoder, data: Path
) -> Examples:
    rows = encoder.rows(train.texts)
    targets = train.truth
    if not subject.several:
        targets = targets / targets.sum(axis=1, keepdims=True)
    if not recipe.invented:
        return lambda epoch: (rows, targets)

    rng = np.random.default_rng(_SEED)
    outside = targets[:, -1] > 0
    inside = [text for text, out in zip(train.texts, outside, strict=True) if not out]
    comments = plain_comments(load(_emotions(), data, "train").texts)
    pool = encoder.rows(invent(inside, comments, INVENTED_POOL * recipe.invented, rng))
    label = np.eye(len(train.labels), dtype=np.float32)[-1]

    def epoch(number: int) -> tuple[Ids, Targets]:
        made = pool[rng.choice(len(pool), recipe.invented, replace=False)]
        shown = [rows, np.repeat(rows[outside], OUT_OF_SCOPE_REPEATS - 1, axis=0), made]
        every = np.concatenate(shown)
        wanted = np.tile(label, (len(every), 1))
        wanted[: len(targets)] = targets
        return every, wanted

    return epoch


def _emotions() -> Subject:
    return next(subject for subject in SUBJECTS if subject.name == "emotions")


def _calibrate(
    card: Card,
    folder: Path,
    network: Any,
    recipe: Recipe,
    shape: Shape,
    val_rows: Ids,
    val: LabelledTexts,
    report: Callable[[str], None],
) -> Card:
    """Write the weights, calibrated as they are served, and the thresholds."""
    path = folder / VARIANTS[card.default_variant].file
    write_tflite(network, recipe.branches, shape, path)
    logits = Interpreter(folder, card, variant=card.default_variant).run(val_rows)
    output = card.output
    if not isinstance(output, ScoresOutput):
        raise TypeError(f"{card.id} is no classifier")
    if output.activation == "sigmoid":
        scale, offset = calibration.fit_platt(logits, val.truth)
    else:
        scale, offset = _softmax_calibration(output, logits, val.truth)
    write_tflite(network, recipe.branches, shape, path, scale=scale, offset=offset)

    logits = Interpreter(folder, card, variant=card.default_variant).run(val_rows)
    answers = probabilities(output, logits.astype(np.float64))
    changes: dict[str, Any] = {}
    if output.activation == "sigmoid":
        changes["thresholds"] = calibration.choose_thresholds(answers, val.truth)
    if output.out_of_scope is not None:
        threshold = calibration.out_of_scope_threshold(answers, val.truth)
        label = output.out_of_scope.label
        changes["out_of_scope"] = OutOfScope(label=label, threshold=threshold)
    if card.task == "text-classification":
        right = best_is_true(answers, val.truth)
        changes["abstain_below"] = calibration.confidence_for(
            answers.max(axis=1), right, accuracy=DECIDED_ACCURACY
        )
    card = card.model_copy(update={"output": output.model_copy(update=changes)})
    figures = figures_of(card, answers, val.truth)
    report("validation: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    return card


def _softmax_calibration(
    output: ScoresOutput, logits: NDArray[np.float32], truth: Targets
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if output.out_of_scope is None:
        return calibration.fit_temperature(logits, truth)
    oos = truth.shape[1] - 1
    outside = float(truth[:, oos].sum())
    odds = TEST_OUT_OF_SCOPE / (1 - TEST_OUT_OF_SCOPE)
    weight = odds * (len(truth) - outside) / outside
    return calibration.fit_temperature(logits, truth, oos=oos, oos_weight=weight)
