"""Languages are told apart by their words, and English from Chinese by script alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiaas_mock.services.text.languages import LanguageDetector

DETECTOR = LanguageDetector()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Where is my order? It has been two weeks."),
        ("zh", "我的订单在哪里？"),
        ("zh", "好"),
        ("ja", "このホテルの朝食はとても美味しかったです。"),
        ("ko", "배송이 너무 늦어요"),
        ("de", "Wo ist meine Bestellung?"),
        ("fr", "Où est ma commande ?"),
        ("es", "La habitación estaba muy limpia."),
        ("pt", "não recebi meu reembolso"),
        ("it", "La camera era pulita e la colazione ottima."),
        ("nl", "Waar is mijn bestelling?"),
        ("ru", "Где мой заказ?"),
        ("pl", "Gdzie jest moje zamówienie?"),
        ("tr", "Siparişim nerede?"),
        ("ar", "أين طلبي؟"),
        ("hi", "मेरा ऑर्डर कहाँ है?"),
        ("vi", "Phòng rất sạch sẽ và bữa sáng ngon."),
        ("th", "สินค้าของฉันอยู่ที่ไหน"),
        ("zh", "iPhone 用了一周，电池不行"),
    ],
)
def test_the_language_of_a_short_sentence_is_found(language: str, text: str) -> None:
    assert DETECTOR.detect(text)[0].language == language


@pytest.mark.parametrize("text", ["", "123 456", "👍🎉", "...", "ok"])
def test_a_text_that_tells_nothing_has_no_language(text: str) -> None:
    (share,) = DETECTOR.detect(text)
    assert (share.language, share.probability) == ("und", 1.0)


@settings(deadline=None)  # the first text loads the model
@given(st.text(max_size=200))
def test_probabilities_fall_and_add_up_to_one(text: str) -> None:
    shares = DETECTOR.detect(text)
    chances = [share.probability for share in shares]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1.0)
    assert len({share.language for share in shares}) == len(shares)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", ""),
        ("en", "👍"),
        ("en", "ok"),
        ("en", "Où est ma commande ?"),
        ("en", "I learned 你好 and 谢谢 in class today"),
        ("zh", "好"),
        ("zh", "好👍"),
        ("zh", "我的 Lenovo ThinkPad 电脑"),
        ("zh", "iPhone 用了一周，电池不行"),
    ],
)
def test_english_is_told_from_chinese_by_script(language: str, text: str) -> None:
    assert LanguageDetector.of(text) == language


def test_the_model_is_named_with_its_version() -> None:
    assert DETECTOR.model.startswith("py3langid@")


def test_the_beginning_of_a_long_text_tells_its_language() -> None:
    assert LanguageDetector.of(" " * 5_000 + "word " * 1_000 + "好" * 50_000) == "en"
    assert LanguageDetector.of("好" * 5_000 + "word " * 15_000) == "zh"
