#!/usr/bin/python3
"""Writes tiny GPT-2 model directories with log-probabilities and gradients to compare with.

An implementation of Hugging Face's GPT2LMHeadModel of its own, in float64, on nothing but torch and
numpy. Weights are rounded to the type that they are stored in before anything is computed.

    /usr/bin/python3 src/test/python/reference_models.py src/test/resources/models
"""

import json
import math
import struct
import sys
from pathlib import Path

import torch
from torch.nn import functional as F

STORED = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
ACTIVATIONS = {
    "gelu_new": lambda x: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "gelu_pytorch_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "gelu": lambda x: 0.5 * x * (1 + torch.erf(x / math.sqrt(2))),
    "relu": F.relu,
}

MODELS = {
    # GPT2LMHeadModel.save_pretrained of some years ago: prefix, byte masks.
    "prefixed-with-byte-masks": dict(
        n_layer=2, n_head=3, n_embd=12, n_positions=48, vocab_size=300, bos_token_id=299, eos_token_id=299,
        activation_function="gelu_new", n_inner=None, prefix="transformer.", stored="F32", masks="U8",
        lengths=[1, 2, 17, 40, 40], gradients=True),
    # The first files of the hub: no prefix, float masks, n_ctx alone; odd widths and an inner width of its own.
    "bare-with-context-key": dict(
        n_layer=1, n_head=5, n_embd=15, n_ctx=45, n_inner=22, vocab_size=300, bos_token_id=0, eos_token_id=1,
        activation_function="gelu", prefix="", stored="F16", masks="F32", lengths=[40, 3, 25]),
    # Several blocks of the vocabulary, a separate output layer.
    "untied-large-vocabulary": dict(
        n_layer=2, n_head=2, n_embd=8, n_positions=41, vocab_size=2100, bos_token_id=2099, eos_token_id=2098,
        activation_function="relu", tie_word_embeddings=False, prefix="transformer.", stored="BF16",
        lengths=[40, 7, 40], gradients=True),
    # Scores scaled by layer too, an output layer that repeats the embedding, boolean masks.
    "tied-with-redundant-output": dict(
        n_layer=3, n_head=2, n_embd=6, n_positions=64, n_ctx=64, vocab_size=7, bos_token_id=6, eos_token_id=6,
        activation_function="gelu_pytorch_tanh", scale_attn_by_inverse_layer_idx=True, redundant_output=True,
        layer_norm_epsilon=1e-3, prefix="transformer.", stored="F32", masks="BOOL", lengths=[1, 4, 40, 30],
        gradients=True),
    # Scores not scaled at all, one head, names without prefix beside lm_head.weight.
    "bare-untied-half": dict(
        n_layer=2, n_head=1, n_embd=7, n_positions=40, n_inner=5, vocab_size=7, bos_token_id=2, eos_token_id=5,
        activation_function="gelu_new", tie_word_embeddings=False, scale_attn_weights=False, prefix="",
        stored="F16", lengths=[40, 11]),
    # bfloat16 with float masks and many tokens.
    "prefixed-bfloat16": dict(
        n_layer=1, n_head=4, n_embd=16, n_positions=44, n_inner=64, vocab_size=2100, bos_token_id=50, eos_token_id=50,
        activation_function="gelu_new", prefix="transformer.", stored="BF16", masks="U8", lengths=[40, 40, 9]),
}
KEPT_FOR_US = {"prefix", "stored", "masks", "lengths", "gradients", "redundant_output"}


def make_weights(c, generator):
    d, v, inner = c["n_embd"], c["vocab_size"], c.get("n_inner") or 4 * c["n_embd"]
    positions = c.get("n_positions", c.get("n_ctx"))

    def normal(*shape, deviation=0.35, mean=0.0):
        return mean + deviation * torch.randn(*shape, generator=generator, dtype=torch.float64)

    w = {"wte.weight": normal(v, d), "wpe.weight": normal(positions, d)}
    for i in range(c["n_layer"]):
        for name, shape in [("attn.c_attn", (d, 3 * d)), ("attn.c_proj", (d, d)),
                            ("mlp.c_fc", (d, inner)), ("mlp.c_proj", (inner, d))]:
            w[f"h.{i}.{name}.weight"] = normal(*shape)
            w[f"h.{i}.{name}.bias"] = normal(shape[1])
        for name in ("ln_1", "ln_2"):
            w[f"h.{i}.{name}.weight"] = normal(d, mean=1.0)
            w[f"h.{i}.{name}.bias"] = normal(d)
    w["ln_f.weight"] = normal(d, mean=1.0)
    w["ln_f.bias"] = normal(d)
    if not c.get("tie_word_embeddings", True):
        w["lm_head.weight"] = normal(v, d)
    return w


def log_probs(w, c, ids):
    """log pi(. | ids[:t+1]) for every t, (T, V)."""
    h, d, t = c["n_head"], c["n_embd"], len(ids)
    eps = c.get("layer_norm_epsilon", 1e-5)
    activation = ACTIVATIONS[c["activation_function"]]
    future = torch.ones(t, t, dtype=torch.bool).triu(1)

    def norm(x, name):
        centred = x - x.mean(-1, keepdim=True)
        return centred / (centred.pow(2).mean(-1, keepdim=True) + eps).sqrt() * w[name + ".weight"] + w[name + ".bias"]

    def conv1d(x, name):
        return x @ w[name + ".weight"] + w[name + ".bias"]

    x = w["wte.weight"][ids] + w["wpe.weight"][torch.arange(t)]
    for i in range(c["n_layer"]):
        q, k, v = conv1d(norm(x, f"h.{i}.ln_1"), f"h.{i}.attn.c_attn").split(d, dim=-1)
        heads = []
        for j in range(h):
            part = slice(j * d // h, (j + 1) * d // h)
            scores = q[:, part] @ k[:, part].T
            if c.get("scale_attn_weights", True):
                scores = scores / math.sqrt(d // h)
            if c.get("scale_attn_by_inverse_layer_idx", False):
                scores = scores / (i + 1)
            heads.append(scores.masked_fill(future, -math.inf).softmax(-1) @ v[:, part])
        x = x + conv1d(torch.cat(heads, -1), f"h.{i}.attn.c_proj")
        x = x + conv1d(activation(conv1d(norm(x, f"h.{i}.ln_2"), f"h.{i}.mlp.c_fc")), f"h.{i}.mlp.c_proj")
    output = w["wte.weight"] if c.get("tie_word_embeddings", True) else w["lm_head.weight"]
    return (norm(x, "ln_f") @ output.T).log_softmax(-1)


def log_prob(w, c, prefix, tokens):
    rows = log_probs(w, c, prefix + tokens[:-1])[len(prefix) - 1:]
    return sum(rows[j, token] for j, token in enumerate(tokens))


def raw(tensor):
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.view(torch.int16)
    return tensor.contiguous().numpy().tobytes()


def mask_buffers(c):
    n = c.get("n_positions", c.get("n_ctx"))
    kind = {"U8": torch.uint8, "BOOL": torch.bool, "F32": torch.float32}[c["masks"]]
    for i in range(c["n_layer"]):
        yield f"h.{i}.attn.bias", c["masks"], torch.ones(n, n).tril().view(1, 1, n, n).to(kind)
        yield f"h.{i}.attn.masked_bias", "F32", torch.tensor(-1e4)


def write_safetensors(path, entries):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, dtype, tensor in entries:
        values = raw(tensor)
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write(directory, c, seed):
    generator = torch.Generator().manual_seed(seed)
    directory.mkdir(parents=True, exist_ok=True)
    stored = {name: t.to(STORED[c["stored"]]) for name, t in make_weights(c, generator).items()}
    w = {name: t.double().requires_grad_() for name, t in stored.items()}

    def hub(name):
        return name if name == "lm_head.weight" else c["prefix"] + name

    entries = [(hub(name), c["stored"], t) for name, t in stored.items()]
    if c.get("redundant_output"):
        entries.append(("lm_head.weight", c["stored"], stored["wte.weight"]))
    if "masks" in c:
        entries += [(hub(name), dtype, t) for name, dtype, t in mask_buffers(c)]
    write_safetensors(directory / "model.safetensors", sorted(entries))
    config = {k: v for k, v in c.items() if k not in KEPT_FOR_US}
    config.update(architectures=["GPT2LMHeadModel"], model_type="gpt2", attn_pdrop=0.1, summary_type="cls_index")
    (directory / "config.json").write_text(json.dumps(config, indent=2) + "\n")

    def tokens(n):
        return torch.randint(0, c["vocab_size"], (n,), generator=generator).tolist()

    bos = [c["bos_token_id"]]
    sequences = [(bos, tokens(n)) for n in c["lengths"]] + [(tokens(4), tokens(30))]
    expected = {"scores": [dict(prefix=p, tokens=s, logProb=log_prob(w, c, p, s).item()) for p, s in sequences]}
    if c.get("gradients"):
        trained = [s for p, s in sequences if p == bos]
        coefficients = [round(math.sin(3.0 * i + 1), 3) for i in range(len(trained))]
        loss = -sum(k * log_prob(w, c, bos, s) for k, s in zip(coefficients, trained))
        loss.backward()
        expected["coefficients"] = coefficients
        expected["gradients"] = {
            name: dict(squares=t.grad.pow(2).sum().item(),
                       projection=(t.grad.flatten() * torch.cos(torch.arange(t.numel()).double())).sum().item())
            for name, t in w.items()}
    (directory / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    for number, (name, model) in enumerate(MODELS.items()):
        write(Path(sys.argv[1]) / name, model, seed=number)
