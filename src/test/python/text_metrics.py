#!/usr/bin/python3
"""Writes texts with their word tokens and NLTK's Self-BLEU and the Distinct-n of them to compare with.

Tokens are split with a regular expression of this script's own. On Debian: apt-get install python3-nltk

    /usr/bin/python3 src/test/python/text_metrics.py src/test/resources/evaluate/text_metrics.json
"""

import json
import random
import sys
import unicodedata

import regex
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:'[\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*")


def tokens(text):
    text = regex.sub("[\u00ad\u200c\u200d\u20e3\ufe0e\ufe0f\ufeff]", "", text)
    text = regex.sub("[\u2019\u02bc]", "'", text)
    return WORD.findall(unicodedata.normalize("NFC", text))


def distinct(words, n):
    grams = {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}
    return len(grams) / len(words) if words else 0.0


def self_bleu(texts, n):
    method = SmoothingFunction().method1
    weights = tuple(1 / n for _ in range(n))
    scores = [
        sentence_bleu(texts[:i] + texts[i + 1 :], text, weights=weights, smoothing_function=method)
        for i, text in enumerate(texts)
    ]
    return sum(scores) / len(scores)


def sentences(seed, count, vocabulary, longest):
    """Random walks over a few words, so that n-grams up to 5 repeat within and between texts."""
    draw = random.Random(seed)
    texts = []
    for _ in range(count):
        word, words = draw.randrange(vocabulary), []
        for _ in range(draw.randint(0, longest)):
            words.append("w%d" % word)
            word = (word + draw.choice([1, 1, 1, 1, 0, 2, 5])) % vocabulary
        texts.append(" ".join(words))
    return texts


CASES = {
    "prose": [
        "It is a guide to action which ensures that the military always obeys the commands of the party.",
        "It is a guide to action that ensures that the military will forever heed Party commands.",
        "It is the guiding principle which guarantees the military forces always being under the command of the Party.",
        "It is the practical guide for the army always to heed the directions of the party.",
        "he read the book because he was interested in world history",
    ],
    "one word repeated": ["the the the the the the the", "the cat is on the mat", "there is a cat on the mat"],
    "shorter than n": ["a", "a b", "a b c", "a b c d", "b", "x y"],
    "empty texts": ["", "the cat", "", "the cat sat", "...", "the"],
    "all the same": ["the cat sat on the mat"] * 4,
    "nothing in common": ["one two three four five six", "seven eight nine ten eleven twelve"],
    "equally close lengths": ["a b c d e", "a b c d e f g", "a b c", "a b c d e f g h i"],
    "case, apostrophes, hyphens, Unicode": [
        "The dog's tail, the dog\u2019s TAIL; well-known don't 'quoted' rock'n'roll",
        "the dog's tail is well known: don't quote it",
        "na\u00efve caf\u00e9, nai\u0308ve cafe\u0301 \u2014 \u4f60\u597d \u041f\u0440\u0438\u0432\u0435\u0442 42 3.14",
        "\u041f\u0440\u0438\u0432\u0435\u0442 na\u00efve caf\u00e9 at 3 o'clock, sof\u00adt \ufffd \U0001f600 snake_case",
    ],
    "random walks": sentences(1, 40, 12, 25),
    "random walks over few words": sentences(2, 30, 4, 12),
    "random walks over many words": sentences(3, 60, 60, 40),
}


def case(name, texts):
    words = [tokens(text) for text in texts]
    measured = {"distinct_%d" % n: sum(distinct(w, n) for w in words) / len(words) for n in (1, 2, 3)}
    measured.update({"self_bleu_%d" % n: self_bleu(words, n) for n in (3, 4, 5)})
    return {"name": name, "texts": texts, "tokens": words, "measured": measured}


def main(path):
    cases = [case(name, texts) for name, texts in CASES.items()]
    lines = ",\n".join(json.dumps(c, sort_keys=True) for c in cases)
    with open(path, "w", encoding="utf-8") as file:
        file.write("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
