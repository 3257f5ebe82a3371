#!/usr/bin/env python3
#===- models.py - the networks that speed is measured on ------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Exports full-size networks with random weights: OUT/NAME/model.onnx, inputs.npz.

    models.py OUT [--only REGEX] [--open]

With --open batches of images, and the tokens of a text and in its cache, may be
as many as a run brings. Networks that are there already are left alone. Needs
requirements.txt beside it.
"""
import argparse
import os
import re
import sys

import numpy as np
import torch
from torch import nn

from detectors import Detector, UNet

OPSET = 18
NETWORKS = {}


def network(make):
    NETWORKS[make.__name__] = make
    return make


def normal(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def tokens(vocabulary, length):
    return torch.randint(vocabulary, (1, length), generator=torch.Generator().manual_seed(1))


def vision(name, batch=1):
    import torchvision
    return getattr(torchvision.models, name)(weights=None), {"x": normal(batch, 3, 224, 224)}


@network
def resnet50_b1():
    return vision("resnet50")


@network
def resnet50_b8():
    return vision("resnet50", batch=8)


@network
def mobilenet_v2():
    return vision("mobilenet_v2")


@network
def efficientnet_b0():
    return vision("efficientnet_b0")


@network
def vit_b_16():
    model, inputs = vision("vit_b_16")
    nn.init.normal_(model.heads.head.weight, std=0.02)      # zeros, or all outputs would be
    return model, inputs


@network
def unet_256():
    return UNet(), {"x": normal(1, 3, 256, 256)}


@network
def detector_640():
    return Detector(), {"x": normal(1, 3, 640, 640)}


class Encoder(nn.Module):
    """BERT-base; outputs as plain tensors."""

    def __init__(self):
        super().__init__()
        from transformers import BertConfig, BertModel
        self.bert = BertModel(BertConfig())

    def forward(self, input_ids, attention_mask, token_type_ids):
        result = self.bert(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        return result.last_hidden_state, result.pooler_output


@network
def bert_base_s128():
    mask = torch.ones(1, 128, dtype=torch.int64)
    mask[:, 120:] = 0
    return Encoder(), {"input_ids": tokens(30522, 128), "attention_mask": mask,
                       "token_type_ids": torch.zeros(1, 128, dtype=torch.int64)}


class Decoder(nn.Module):
    """A decoder whose keys and values go in and out as tensors [layer, batch, head, position, size]."""

    def __init__(self, model, argument):
        super().__init__()
        self.model, self.argument = model, argument

    def forward(self, x, past_keys=None, past_values=None):
        from transformers import DynamicCache
        cache, start = DynamicCache(), 0
        if past_keys is not None:
            start = past_keys.shape[3]
            for layer, (keys, values) in enumerate(zip(past_keys, past_values)):
                cache.update(keys, values, layer)
        positions = torch.arange(start, start + x.shape[1])[None]
        result = self.model(**{self.argument: x}, past_key_values=cache, position_ids=positions, use_cache=True)
        layers = result.past_key_values.layers
        return (result[0][:, -1], torch.stack([layer.keys for layer in layers]),
                torch.stack([layer.values for layer in layers]))


def gpt2():
    from transformers import GPT2Config, GPT2LMHeadModel
    return Decoder(GPT2LMHeadModel(GPT2Config()), "input_ids")


def llama():
    """Four layers of a model of 1.1 billion parameters, without its embedding."""
    from transformers import LlamaConfig, LlamaModel
    model = LlamaModel(LlamaConfig(
        vocab_size=32, hidden_size=2048, intermediate_size=5632, num_hidden_layers=4, num_attention_heads=32,
        num_key_value_heads=4, max_position_embeddings=2048))
    return Decoder(model, "inputs_embeds")


def cache(layers, heads, positions=512, size=64):
    return {"past_keys": normal(layers, 1, heads, positions, size), "past_values": normal(layers, 1, heads, positions, size)}


@network
def gpt2_prefill_s128():
    return gpt2(), {"x": tokens(50257, 128)}


@network
def gpt2_decode_kv512():
    return gpt2(), {"x": tokens(50257, 1), **cache(12, 12)}


@network
def llama4_prefill_s128():
    return llama(), {"x": normal(1, 128, 2048)}


@network
def llama4_decode_kv512():
    return llama(), {"x": normal(1, 1, 2048), **cache(4, 4)}


def settle(model):
    """Batch normalisation of random networks: statistics that keep activations in range."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None


def open_sizes(inputs):
    """Which sizes a run may choose, by input: the batch of images, the length of a text and of its cache."""
    axis = lambda name: 0 if inputs[name].dim() == 4 else 3 if name.startswith("past") else 1
    return {name: {axis(name): torch.export.Dim.DYNAMIC} for name in inputs}


def export(make, folder, with_open_sizes):
    torch.manual_seed(0)
    model, inputs = make()
    if any(isinstance(module, nn.BatchNorm2d) for module in model.modules()):
        settle(model)
        with torch.no_grad():
            model.train()(normal(2, *inputs["x"].shape[1:]))
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "model.onnx")
    example, shapes = inputs, None
    if with_open_sizes:
        shapes = open_sizes(inputs)
        if isinstance(model, Decoder):      # the fused operator asks whether there is one token
            model.model.set_attn_implementation("eager")
        # A size of one in the example would be taken for a fixed one.
        example = {name: torch.cat([value, value], axis) if value.shape[axis] == 1 else value
                   for (name, value), (axis,) in zip(inputs.items(), shapes.values())}
    torch.onnx.export(model.eval(), (), path + ".part", kwargs=example, input_names=list(inputs), dynamo=True,
                      dynamic_shapes=shapes, opset_version=OPSET, external_data=False, verbose=False)
    np.savez(os.path.join(folder, "inputs.npz"), **{name: value.numpy() for name, value in inputs.items()})
    os.rename(path + ".part", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--open", action="store_true", help="sizes that a run chooses")
    options = parser.parse_args()
    for name, make in NETWORKS.items():
        folder = os.path.join(options.out, name)
        if not re.search(options.only, name) or os.path.exists(os.path.join(folder, "model.onnx")):
            continue
        print(f"exporting {name}", flush=True)
        export(make, folder, options.open)
    return 0


if __name__ == "__main__":
    sys.exit(main())
