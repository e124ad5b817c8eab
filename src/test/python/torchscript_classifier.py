#!/usr/bin/python3
"""Writes a small TorchScript text classifier with predictions to compare with.

Three topics, learned from sentences made of templates, by one layer of attention. Needs nothing but
torch (Debian: python3-torch); the tokenizer is written by hand.

    /usr/bin/python3 src/test/python/torchscript_classifier.py src/test/resources/classifiers/topics
"""

import json
import math
import re
import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TOPICS = {
    "weather": "rain snow wind storm cloud sunshine fog thunder frost hail".split(),
    "cooking": "soup bread butter oven salt onion recipe cake pepper stew".split(),
    "sport": "match goal team race player score coach ball champion league".split(),
}
LABELS = list(TOPICS)
TEMPLATES = [
    "the {} was good , said the man .",
    "we talked about {} and {} all day .",
    "no {} today , but there is {} .",
    "a {} , a {} and another {} .",
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
WORDS = sorted({w for t in TEMPLATES for w in t.replace("{}", " ").split()} | {w for ws in TOPICS.values() for w in ws})
VOCABULARY = {token: i for i, token in enumerate(SPECIAL + WORDS)}
MAX_LENGTH = 16
WIDTH = 16

# Cut off after 16 tokens, what is left of the last but one has no topic's word; the last two have no known token.
TEXTS = [
    "The RAIN, the wind and the fog.",
    "bread and butter",
    "The team was good, said the coach.",
    "A storm",
    "and " * 13 + "and soup soup soup",
    "snow " + "and " * 30 + "goal",
    "goal goal soup",
    "quite unknown",
    "",
]


class TopicClassifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tokens = nn.Embedding(len(VOCABULARY), WIDTH)
        self.positions = nn.Embedding(MAX_LENGTH, WIDTH)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.logits = nn.Linear(WIDTH, len(LABELS))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        x = self.tokens(ids) + 0.1 * self.positions.weight[: ids.size(1)]
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        scores = q @ k.transpose(1, 2) / math.sqrt(x.size(2))
        x = x + scores.masked_fill(mask.unsqueeze(1) == 0, -1e9).softmax(-1) @ v
        weights = mask.unsqueeze(2).to(x.dtype)
        return self.logits((x * weights).sum(1) / weights.sum(1))


def tokenizer() -> dict:
    def special(name: str) -> dict:
        return {"SpecialToken": {"id": name, "type_id": 0}}

    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": i, "content": name, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
             "special": True}
            for i, name in enumerate(SPECIAL)
        ],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [special("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, special("[SEP]")],
            "pair": [special("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, special("[SEP]"),
                     {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {n: {"id": n, "ids": [VOCABULARY[n]], "tokens": [n]} for n in ("[CLS]", "[SEP]")},
        },
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": VOCABULARY, "unk_token": "[UNK]"},
    }


def encode(text: str) -> list:
    words = re.findall(r"\w+|[^\w\s]+", text.lower())[: MAX_LENGTH - 2]
    unknown = VOCABULARY["[UNK]"]
    return [VOCABULARY["[CLS]"]] + [VOCABULARY.get(w, unknown) for w in words] + [VOCABULARY["[SEP]"]]


def batch(texts: list) -> tuple:
    rows = [encode(text) for text in texts]
    length = max(len(row) for row in rows)
    ids = torch.tensor([row + [0] * (length - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
    return ids, mask


def train() -> TopicClassifier:
    torch.manual_seed(1)
    model = TopicClassifier()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(200):
        labels = torch.randint(len(LABELS), (64,)).tolist()
        texts = []
        for label in labels:
            words = TOPICS[LABELS[label]]
            template = TEMPLATES[int(torch.randint(len(TEMPLATES), ()))]
            texts.append(template.format(*[words[i] for i in torch.randint(len(words), (3,)).tolist()]))
        loss = F.cross_entropy(model(*batch(texts)), torch.tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    model = train()
    with torch.no_grad():
        logits = [model(*batch([text]))[0].tolist() for text in TEXTS]
    torch.jit.script(model).save(str(target / "model.pt"))
    (target / "tokenizer.json").write_text(json.dumps(tokenizer(), indent=1) + "\n")
    (target / "classifier.json").write_text(
        json.dumps({"type": "torchscript", "file": "model.pt", "labels": LABELS, "max_length": MAX_LENGTH}, indent=2) + "\n")
    (target / "expected.json").write_text(
        json.dumps([{"text": t, "logits": row, "label": LABELS[max(range(len(row)), key=row.__getitem__)]}
                    for t, row in zip(TEXTS, logits)], indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
