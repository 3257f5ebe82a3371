#!/usr/bin/env python3
#===- train.py - train the handwritten digits network ---------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Trains a small CNN on scikit-learn's handwritten digits and exports it.

    train.py [FOLDER]        (default: the folder of this script)

Writes digits.onnx (symbolic batch), test.npz (the images kept out of the
training, under the model's input name), labels.npy and scores.npz (PyTorch's
outputs for them). Runs on the CPU with a
fixed seed, in about half a minute. Needs torch, onnx and scikit-learn.
"""
import os
import sys

import numpy as np
import onnx
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

HELD_OUT = 360
EPOCHS = 40
SEED = 2024


def conv_block(cin, cout):
    return nn.Sequential(
        nn.Conv2d(cin, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU()
    )


class Digits(nn.Module):
    """8x8 grey images, 0..1, to ten scores."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv_block(1, 16),
            conv_block(16, 32),
            nn.MaxPool2d(2),
            conv_block(32, 32),
            nn.MaxPool2d(2),
        )
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(128, 48), nn.ReLU(), nn.Dropout(0.3), nn.Linear(48, 10)
        )

    def forward(self, image):
        return self.head(self.features(image))


def split(seed):
    """Images and labels of the training and of the held-out part."""
    digits = load_digits()
    images = (digits.images[:, None] / 16).astype(np.float32)
    labels = digits.target.astype(np.int64)
    order = np.random.default_rng(seed).permutation(len(images))
    test, train = order[:HELD_OUT], order[HELD_OUT:]
    return images[train], labels[train], images[test], labels[test]


def jitter(batch):
    """Moves the whole batch by up to a pixel: the images are few."""
    dy, dx = (int(v) for v in torch.randint(-1, 2, (2,)))
    return torch.roll(F.pad(batch, (1, 1, 1, 1)), (dy, dx), (2, 3))[:, :, 1:-1, 1:-1]


def train(net, images, labels):
    rate = torch.optim.Adam(net.parameters(), lr=2e-3, weight_decay=1e-4)
    plan = torch.optim.lr_scheduler.CosineAnnealingLR(rate, EPOCHS)
    net.train()
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(images)).split(64):
            rate.zero_grad()
            F.cross_entropy(net(jitter(images[batch])), labels[batch]).backward()
            rate.step()
        plan.step()
    return net.eval()


def export(net, path):
    """As any user exports: torch folds the batch normalisation itself."""
    program = torch.onnx.export(
        net,
        (torch.zeros(2, 1, 8, 8),),
        dynamo=True,
        verbose=False,
        input_names=["image"],
        output_names=["scores"],
        dynamic_shapes=({0: "batch"},),
        opset_version=20,
    )
    model = program.model_proto
    strip(model)
    onnx.checker.check_model(model, full_check=True)
    with open(path, "wb") as f:
        f.write(model.SerializeToString(deterministic=True))


def strip(model):
    """Drops the exporter's notes: they name the training machine's files."""
    graph = model.graph
    for holder in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        holder.ClearField("metadata_props")
        holder.ClearField("doc_string")


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    images, labels, test_images, test_labels = split(SEED)
    net = train(Digits(), torch.from_numpy(images), torch.from_numpy(labels))
    with torch.no_grad():
        scores = net(torch.from_numpy(test_images)).numpy()
    right = (scores.argmax(1) == test_labels).sum()
    print(f"{right} of {len(test_labels)} held-out images right ({right / len(test_labels):.2%})")
    export(net, os.path.join(folder, "digits.onnx"))
    np.savez_compressed(os.path.join(folder, "test.npz"), image=test_images)
    np.savez_compressed(os.path.join(folder, "scores.npz"), scores=scores)
    np.save(os.path.join(folder, "labels.npy"), test_labels)


if __name__ == "__main__":
    main()
