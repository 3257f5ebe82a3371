#===- nets_text.py - small sequence networks ------------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""MLPs, recurrent networks and transformers, most with dynamic dims and more runs."""
import torch
from torch import nn
from torch.nn import functional as F

from netkit import net


def normal(rng, *shape):
    return torch.randn(shape, generator=rng)


def tokens(rng, top, *shape):
    return torch.randint(0, top, shape, generator=rng)


@net(["x"], ["y"], dynamic={"x": {0: "batch"}})
def mlp_dynamic_batch(rng):
    plan = nn.Sequential(nn.Linear(20, 48), nn.ReLU(), nn.Linear(48, 33), nn.GELU(), nn.LayerNorm(33), nn.Linear(33, 5))
    return plan, [(normal(rng, n, 20),) for n in (1, 2, 64, 7)]


@net(["x"], ["y", "h", "c"], legacy=True, opset=17, dynamic={"x": {0: "batch", 1: "steps"}})
def lstm_two_layers(rng):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(6, 8, 2, batch_first=True, bidirectional=True)
            self.head = nn.Linear(16, 3)

        def forward(self, x):
            y, (h, c) = self.rnn(x)
            return self.head(y), h, c
    return Net(), [(normal(rng, n, s, 6),) for n, s in ((1, 1), (3, 9), (2, 5))]


@net(["x"], ["y"], legacy=True, opset=14)
def gru_classifier(rng):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.head = nn.GRU(6, 10, batch_first=True), nn.Linear(10, 4)

        def forward(self, x):
            return F.log_softmax(self.head(self.rnn(x)[1][-1]), -1)
    return Net(), [(normal(rng, 2, 7, 6),)]


def bert():
    from transformers import BertConfig, BertModel
    config = BertConfig(vocab_size=60, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
                        max_position_embeddings=32, attn_implementation="sdpa")

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = BertModel(config)

        def forward(self, ids, mask, kinds):
            out = self.model(input_ids=ids, attention_mask=mask, token_type_ids=kinds)
            return out.last_hidden_state, out.pooler_output
    return Net()


def bert_run(rng, n, s, hidden):
    mask = torch.ones(n, s, dtype=torch.int64)
    mask[:, s - hidden:] = 0
    return tokens(rng, 60, n, s), mask, tokens(rng, 2, n, s)


BERT = ["input_ids", "attention_mask", "token_type_ids"]


@net(BERT, ["hidden", "pooled"])
def mini_bert(rng):
    return bert(), [bert_run(rng, 1, 12, 3)]


@net(BERT, ["hidden", "pooled"], dynamic={i: {0: "batch", 1: "length"} for i in BERT})
def mini_bert_dynamic(rng):
    return bert(), [bert_run(rng, *s) for s in ((1, 4, 1), (3, 17, 5), (2, 8, 2))]


@net(["ids"], ["logits"], legacy=True, opset=17)
def transformer_encoder_legacy(rng):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(30, 16)
            layer = nn.TransformerEncoderLayer(16, 2, 24, activation="gelu", batch_first=True, norm_first=True)
            self.body, self.head = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), nn.Linear(16, 30)

        def forward(self, ids):
            return self.head(self.body(self.embed(ids)))
    return Net(), [(tokens(rng, 30, 2, 11),)]


class Cached(nn.Module):
    """A Hugging Face decoder with the keys and values of the past as plain tensors."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, past_k, past_v):
        from transformers import DynamicCache
        cache = DynamicCache()
        for i in range(past_k.shape[0]):
            cache.update(past_k[i], past_v[i], i)
        start = past_k.shape[3]
        place = torch.arange(start, start + ids.shape[1]).unsqueeze(0)
        out = self.model(input_ids=ids, past_key_values=cache, use_cache=True, position_ids=place)
        layers = out.past_key_values.layers
        return out.logits, torch.stack([layer.keys for layer in layers]), torch.stack([layer.values for layer in layers])


class Prompted(Cached):
    """The same at a text's start, asked for the next token alone."""

    def forward(self, ids):
        out = self.model(input_ids=ids, use_cache=True)
        layers = out.past_key_values.layers
        return (out.logits[:, -1], torch.stack([layer.keys for layer in layers]),
                torch.stack([layer.values for layer in layers]))


DECODER = dict(inputs=["ids", "past_k", "past_v"], outputs=["logits", "present_k", "present_v"])
PAST = {"past_k": {3: "past"}, "past_v": {3: "past"}}
PROMPT = dict(inputs=["ids"], outputs=DECODER["outputs"], dynamic={"ids": {1: "length"}})


def decoder_run(rng, heads, width, new, past):
    return tokens(rng, 50, 1, new), normal(rng, 2, 1, heads, past, width), normal(rng, 2, 1, heads, past, width)


def gpt2():
    from transformers import GPT2Config, GPT2LMHeadModel
    return Cached(GPT2LMHeadModel(GPT2Config(vocab_size=50, n_positions=32, n_embd=24, n_layer=2, n_head=3,
                                             attn_implementation="sdpa")))


def llama():
    from transformers import LlamaConfig, LlamaForCausalLM
    return Cached(LlamaForCausalLM(LlamaConfig(
        vocab_size=50, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64, attn_implementation="sdpa")))


@net(**DECODER)
def mini_gpt2_decode(rng):
    return gpt2(), [decoder_run(rng, 3, 8, 1, 6)]


@net(**DECODER, dynamic=dict(PAST, ids={}))
def mini_gpt2_dynamic(rng):
    return gpt2(), [decoder_run(rng, 3, 8, 1, p) for p in (2, 15, 9)]


@net(**DECODER)
def mini_llama_decode(rng):
    return llama(), [decoder_run(rng, 2, 8, 1, 7)]


@net(**DECODER)
def mini_llama_prefill(rng):
    return llama(), [decoder_run(rng, 2, 8, 5, 3)]


@net(**DECODER, dynamic=dict(PAST, ids={}), opset=20)
def mini_llama_dynamic(rng):
    return llama(), [decoder_run(rng, 2, 8, 1, p) for p in (3, 20, 9)]


def prompted(rng, model):
    model.model.set_attn_implementation("eager")        # the fused operator asks whether there is one token
    return Prompted(model.model), [(tokens(rng, 50, 1, n),) for n in (1, 17, 6)]


@net(**PROMPT)
def mini_gpt2_prompt(rng):
    return prompted(rng, gpt2())


@net(**PROMPT)
def mini_llama_prompt(rng):
    return prompted(rng, llama())


@net(["user", "item", "dense"], ["score"], dynamic={i: {0: "batch"} for i in ("user", "item", "dense")})
def recommender(rng):
    """Embeddings, feature interaction and an MLP."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.user, self.item, self.dense = nn.Embedding(40, 8), nn.Embedding(50, 8), nn.Linear(6, 8)
            self.top = nn.Sequential(nn.Linear(11, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())

        def forward(self, user, item, dense):
            parts = torch.stack([self.user(user), self.item(item).mean(1), F.relu(self.dense(dense))], 1)
            products = parts @ parts.transpose(1, 2)
            pairs = torch.stack([products[:, 0, 1], products[:, 0, 2], products[:, 1, 2]], 1)
            return self.top(torch.cat([parts[:, 2], pairs], 1))
    return Net(), [(tokens(rng, 40, n), tokens(rng, 50, n, 4), normal(rng, n, 6)) for n in (1, 9, 3)]


@net(["wave"], ["scores"])
def audio_cnn(rng):
    """One-dimensional convolutions over a signal."""
    plan = nn.Sequential(nn.Conv1d(1, 8, 11, 4, 5), nn.BatchNorm1d(8), nn.ReLU(), nn.MaxPool1d(3, 2),
                         nn.Conv1d(8, 12, 5, dilation=2, padding=4), nn.GELU(), nn.AvgPool1d(2),
                         nn.Flatten(), nn.Linear(108, 5), nn.Softmax(-1))
    return plan, [(normal(rng, 2, 1, 160),)]
