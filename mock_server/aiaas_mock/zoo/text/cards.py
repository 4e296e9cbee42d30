"""The cards of the text classifiers, but for what only training knows."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from aiaas_mock.inference.card_inputs import TextInput
from aiaas_mock.inference.card_outputs import OutOfScope, ScoresOutput
from aiaas_mock.inference.cards import Card, Training
from aiaas_mock.zoo.text.export import VARIANTS
from aiaas_mock.zoo.text.networks import LINEAR, Branch
from aiaas_mock.zoo.text.recipes import Recipe
from aiaas_mock.zoo.text.subjects import OUT_OF_SCOPE, Subject

LABELS_FILE: Final = "labels.txt"
TOKENIZER_FILE: Final = "tokenizer.json"

_LIMITS: Final = {
    "intents-clinc150": "Short English requests to an assistant, as crowd workers write them. The "
    "out-of-scope texts of the test split are general questions; of other strange texts it has "
    "seen only what was made up for training. Long texts are cut off.",
    "intents-banking77": "English questions of a retail bank's customers, one a text. It knows "
    "nothing but its 77 intents and always names one of them; some of these differ so little that "
    "people confuse them too. The labels have known errors.",
    "emotions": "English Reddit comments, labelled by readers, who often disagree; the data has "
    "profanity and slurs, and their biases are in the model. Irony is mostly missed. Rare "
    "emotions (grief, pride, relief, nervousness) rest on a few dozen comments each: their "
    "figures and thresholds are uncertain. Not for judging persons.",
    "sentiment-en": "English Reddit comments, labelled by readers, who often disagree; the data "
    "has profanity and slurs, and their biases are in the model. Irony is mostly missed. Not for "
    "judging persons. Training split a comment with several groups evenly among them (softmax "
    "targets); one group is answered.",
    "sentiment-zh": "Chinese reviews of books, hotels and computers; the data comes from a "
    "library that does not say where it has them from. Many texts are single sentences that bear "
    "the label of the whole review, so that praise and complaint stand under the wrong label: no "
    "model can be right about those. It has no neutral class.",
}
_KINDS: Final = {
    "counts": "bag of words, linear",
    "tfidf": "TF-IDF of words, computed in the graph, linear",
    "ngram-counts": "hashed n-grams, weighted by rarity, over the root of their number, linear",
    "vectors": "mean of the vectors of the model word2vec, linear, both multiplied out to one "
    "score per word and label",
    "rnn": "SimpleRNN, unrolled",
    "lstm": "LSTM, unrolled",
    "convolution": "convolutions with max over the text (Kim 2014)",
    "ngrams": "sum of hashed n-gram vectors, hidden layer (as fastText)",
}


def draft(name: str, subject: Subject, recipe: Recipe, *, labels: int, parameters: int) -> Card:
    """Return a card that lacks only what is measured: thresholds, metrics, checksums."""
    several = subject.several
    oos = subject.name == "intents-clinc150"
    return Card(
        name=name,
        version="1",
        task=subject.task,
        summary=recipe.summary,
        origin="trained-by-us",
        languages=(subject.language,),
        input=TextInput(tokenizer_file=TOKENIZER_FILE, length=recipe.length, ngrams=recipe.ngrams),
        output=ScoresOutput(
            size=labels,
            labels_file=LABELS_FILE,
            activation="sigmoid" if several else "softmax",
            out_of_scope=OutOfScope(label=OUT_OF_SCOPE, threshold=1.0) if oos else None,
        ),
        max_batch=64,
        architecture=_architecture(recipe, labels),
        parameters=parameters,
        data=subject.data,
        limits=_LIMITS[subject.name],
        licence="Apache-2.0",
        created=datetime.now(UTC).date(),
        training=Training(
            command=f"aiaas-mock train {name} --data DIR --out DIR",
            settings=_settings(subject, recipe),
        ),
        variants=VARIANTS,
        default_variant="int8",
    )


def _architecture(recipe: Recipe, labels: int) -> str:
    parts = [f"{_KINDS[b.kind]}{_sizes(b)}" for b in recipe.branches]
    mean = "; the mean of their logits" if len(parts) > 1 else ""
    return (
        f"{recipe.vocabulary:,} {recipe.words}, at most {recipe.length} a text. "
        f"{'; '.join(parts)}{mean}. Calibrated logits of {labels} labels. Tables and kernels are "
        "stored in int8; the form before rounding is not shipped"
    )


def _sizes(branch: Branch) -> str:
    if branch.kind in LINEAR:
        return ""
    if branch.kind == "convolution":
        widths = ", ".join(map(str, branch.sizes))
        return f" (vectors {branch.dim}, {branch.units} filters of each width {widths})"
    return f" (vectors {branch.dim}, {branch.units} units)"


def _settings(subject: Subject, recipe: Recipe) -> dict[str, str | int | float | bool]:
    settings: dict[str, str | int | float | bool] = {
        **_optimizer(subject, recipe),
        "chosen_on": "the validation split: settings, calibration and thresholds",
        "calibration": "Platt scaling of each label"
        if subject.several
        else "temperature scaling (Guo et al. 2017)",
    }
    settings["test_split"] = recipe.test_looks
    if recipe.negations:
        settings["negations"] = (
            "sentences of our own that say or deny a feeling, or are a smiley, beside the "
            "training split"
        )
    if recipe.invented:
        settings["out_of_scope_texts"] = (
            "the 100 of the training split five times and, an epoch, "
            f"{recipe.invented:,} made up: GoEmotions comments, queries with their telling words "
            "replaced, halves of both"
        )
        settings["calibration"] = (
            "temperature scaling and an offset of the out-of-scope logit, on the validation "
            "split with its out-of-scope texts weighted up to their share of the test split"
        )
    return settings


def _optimizer(subject: Subject, recipe: Recipe) -> dict[str, str | int | float | bool]:
    settings: dict[str, str | int | float | bool] = {}
    linear = [branch for branch in recipe.branches if branch.kind in LINEAR]
    if linear:
        solver = "liblinear, one label against the rest" if subject.several else "lbfgs"
        settings["linear_solver"] = f"scikit-learn's logistic regression, {solver}"
        settings["linear_c"] = linear[0].strength
    if len(linear) < len(recipe.branches):
        loss = "binary cross-entropy of each label" if subject.several else "cross-entropy"
        settings["optimizer"] = "AdamW, cosine decay after a warm-up of 5 %"
        settings["loss"] = f"{loss}, of each branch on its own"
        settings |= asdict(recipe.fit)
        settings["repeatability"] = (
            "the seed is fixed, but sums on several threads are not: two runs of sentiment-en "
            "differed by 0.0016 in macro-F1"
        )
    return settings
