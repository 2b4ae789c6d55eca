"""What a message is about: tags and phrases, whole words, any script, steps in proportion to the text."""

import sys
import unicodedata

import pytest

from policies import recognising
from policies.engine import UseCase
from policies.recognising import Recogniser

RIVALS = UseCase("competing_business_analysis", "block", phrases=("market share of rivals", "Globex"))
PRIVATE = UseCase("personal_non_work_content", "flag", phrases=("birthday party", "Straße", "机密"))
DATA = UseCase("confidential_customer_data_without_approval", "approve", phrases=("customer list",))


def told(text, tag=""):
    found = Recogniser([PRIVATE, DATA, RIVALS]).found(text, tag)
    return [(one.use_case.id.partition("_")[0], one.phrase) for one in found]


@pytest.mark.parametrize(
    "text",
    [
        "What is the market share of rivals?",
        "MARKET\tShare   of\nRIVALS",
        "market-share (of) rivals.",
        "market_share_of_rivals",
        "ｍａｒｋｅｔ ｓｈａｒｅ of rivals",
        "mar\u00adket sha\u200bre of rivals",
        "the market share of market share of rivals",
    ],
)
def test_a_phrase_is_found_whatever_its_case_width_and_spacing(text):
    assert told(text) == [("competing", "market share of rivals")]


@pytest.mark.parametrize(
    "text", ["Globexian", "aGlobex", "supermarket share of rivals", "market share of the rivals", ""]
)
def test_a_part_of_a_word_is_no_phrase_nor_are_its_words_apart(text):
    assert told(text) == []


@pytest.mark.parametrize("text", ["die Straße", "die STRASSE", "文件是机密的。", "STRAẞE"])
def test_case_is_folded_and_scripts_without_spaces_are_read_letter_by_letter(text):
    assert [case for case, _phrase in told(text)] == ["personal"]


def test_a_mark_makes_another_letter():
    case = UseCase("ka", "flag", phrases=("\u0915",))

    assert not Recogniser([case]).found("\u0915\u093f")
    assert Recogniser([case]).found("\u0915 \u0915\u093f")


def test_a_letter_composed_and_decomposed_is_the_same():
    case = UseCase("cafe", "flag", phrases=("cafe\u0301",))

    assert Recogniser([case]).found("Un CAF\u00c9, s'il vous pla\u00eet")


def test_the_platforms_tag_tells_a_use_case_and_an_unknown_one_nothing():
    assert told("hello", "competing_business_analysis") == [("competing", "")]
    assert told("hello", "cooking") == []


def test_each_use_case_is_told_once_and_the_strictest_first():
    assert told("birthday party, customer list, Globex, Globex") == [
        ("competing", "Globex"),
        ("confidential", "customer list"),
        ("personal", "birthday party"),
    ]


def test_phrases_that_overlap_are_all_found():
    cases = [UseCase(name, "flag", phrases=(name,)) for name in ("a b c d", "b c", "c x", "d e")]

    assert {one.phrase for one in Recogniser(cases).found("a b c d e")} == {"a b c d", "b c", "d e"}


def test_a_phrase_without_a_word_in_it_is_never_found():
    assert Recogniser([UseCase("dots", "flag", phrases=("...", ""))]).found("... and so on") == ()


# What a hostile text could be made of: the words of a phrase again and again, marks without end, letters that grow.
HOSTILE = ("a ", "e\u0300\u0316", "\u0300\u0316", "\ufdfa", "機", "\u0e01\u0e31", "_ ", "\u200b", "ǅ")


@pytest.mark.parametrize("piece", HOSTILE)
def test_reading_takes_steps_in_proportion_to_the_text(piece):
    recogniser = Recogniser([UseCase("long", "flag", phrases=(" ".join("a" * 49) + " b", "a " * 50))])

    def steps(length):
        """How many lines of the recogniser ran: the same on every machine, however busy."""
        text, ran = piece * (length // len(piece)), 0

        def line(frame, event, arg):
            nonlocal ran
            ran += event == "line"
            return line

        sys.settrace(lambda frame, event, arg: line if frame.f_code.co_filename == recognising.__file__ else None)
        try:
            recogniser.found(text)
        finally:
            sys.settrace(None)
        return ran

    steps(100)  # the patterns are made at the first
    assert steps(16_000) <= 17 * steps(1_000)  # quadratic would be 256 times


@pytest.mark.parametrize("piece", HOSTILE)
def test_unicode_is_never_given_more_marks_in_a_row_than_it_sorts_in_no_time(monkeypatch, piece):
    """Sorting marks is quadratic in their number, and the one step above that no line of ours takes."""
    longest = []

    def normalize(form, text):
        runs = ("".join("m" if unicodedata.combining(letter) else " " for letter in text)).split()
        longest.extend(map(len, runs))
        return unicodedata.normalize(form, text)

    monkeypatch.setattr(recognising, "normalize", normalize)
    Recogniser([PRIVATE]).found("x" + piece * 2_000)

    assert max(longest, default=0) <= 2 * 30  # what one letter unfolds into comes on top of the thirty
