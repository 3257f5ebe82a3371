#===- detectors.py - a U-Net and a detector of one stage ------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Two networks of models.py that no library has in a plain form."""
import torch
from torch import nn
from torch.nn.functional import interpolate, max_pool2d


def conv(inputs, outputs, kernel=3, stride=1, activation=nn.ReLU):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
                         nn.BatchNorm2d(outputs), activation())


class UNet(nn.Module):
    """Five levels, skip connections, transposed convolutions on the way up."""

    def __init__(self, widths=(32, 64, 128, 256, 512)):
        super().__init__()
        stages = list(zip((3, *widths), widths))
        self.down = nn.ModuleList(nn.Sequential(conv(a, b), conv(b, b)) for a, b in stages)
        steps = list(zip(widths[::-1], widths[-2::-1]))
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, 2) for a, b in steps)
        self.merge = nn.ModuleList(nn.Sequential(conv(2 * b, b), conv(b, b)) for _, b in steps)
        self.head = nn.Conv2d(widths[0], 2, 1)

    def forward(self, x):
        kept = []
        for stage in self.down:
            x = stage(max_pool2d(x, 2) if kept else x)
            kept.append(x)
        kept.pop()
        for up, merge in zip(self.up, self.merge):
            x = merge(torch.cat([kept.pop(), up(x)], 1))
        return self.head(x)


def silu(inputs, outputs, kernel=1, stride=1):
    return conv(inputs, outputs, kernel, stride, nn.SiLU)


class Split(nn.Module):
    """Half of the channels pass a chain of residual pairs; all the steps are joined."""

    def __init__(self, inputs, outputs, depth, residual=True):
        super().__init__()
        half = outputs // 2
        self.residual = residual
        self.enter = silu(inputs, outputs)
        self.chain = nn.ModuleList(nn.Sequential(silu(half, half, 3), silu(half, half, 3)) for _ in range(depth))
        self.leave = silu(half * (2 + depth), outputs)

    def forward(self, x):
        parts = list(self.enter(x).chunk(2, 1))
        for pair in self.chain:
            y = pair(parts[-1])
            parts.append(parts[-1] + y if self.residual else y)
        return self.leave(torch.cat(parts, 1))


class Pyramid(nn.Module):
    """Three max pools in a row, joined."""

    def __init__(self, channels):
        super().__init__()
        self.enter, self.leave = silu(channels, channels // 2), silu(channels * 2, channels)

    def forward(self, x):
        parts = [self.enter(x)]
        for _ in range(3):
            parts.append(max_pool2d(parts[-1], 5, 1, 2))
        return self.leave(torch.cat(parts, 1))


class Head(nn.Module):
    """Box distances as expectations over 16 bins, and class scores, at every place."""

    def __init__(self, channels, classes):
        super().__init__()
        self.box = nn.Sequential(silu(channels, 64, 3), silu(64, 64, 3), nn.Conv2d(64, 64, 1))
        self.scores = nn.Sequential(silu(channels, classes, 3), silu(classes, classes, 3), nn.Conv2d(classes, classes, 1))
        self.register_buffer("bins", torch.arange(16.0).reshape(1, 1, 16, 1))

    def forward(self, x, stride):
        n, _, height, width = x.shape
        distances = (self.box(x).reshape(n, 4, 16, height * width).softmax(2) * self.bins).sum(2)
        y, x_ = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
        centre = torch.stack([x_.flatten(), y.flatten()])[None]
        low, high = centre - distances[:, :2], centre + distances[:, 2:]
        boxes = torch.cat([(low + high) / 2, high - low], 1) * stride
        return torch.cat([boxes, self.scores(x).flatten(2).sigmoid()], 1)


class Detector(nn.Module):
    """The plan of the small detectors of the YOLO family: backbone, two-way pyramid, three heads."""

    def __init__(self, classes=80):
        super().__init__()
        self.stem = nn.Sequential(silu(3, 16, 3, 2), silu(16, 32, 3, 2), Split(32, 32, 1))
        self.stage3 = nn.Sequential(silu(32, 64, 3, 2), Split(64, 64, 2))
        self.stage4 = nn.Sequential(silu(64, 128, 3, 2), Split(128, 128, 2))
        self.stage5 = nn.Sequential(silu(128, 256, 3, 2), Split(256, 256, 1), Pyramid(256))
        self.top4, self.top3 = Split(384, 128, 1, False), Split(192, 64, 1, False)
        self.down3, self.down4 = silu(64, 64, 3, 2), silu(128, 128, 3, 2)
        self.low4, self.low5 = Split(192, 128, 1, False), Split(384, 256, 1, False)
        self.heads = nn.ModuleList(Head(channels, classes) for channels in (64, 128, 256))

    def forward(self, x):
        x3 = self.stage3(self.stem(x))
        x4 = self.stage4(x3)
        x5 = self.stage5(x4)
        y4 = self.top4(torch.cat([interpolate(x5, scale_factor=2.0), x4], 1))
        y3 = self.top3(torch.cat([interpolate(y4, scale_factor=2.0), x3], 1))
        y4 = self.low4(torch.cat([self.down3(y3), y4], 1))
        y5 = self.low5(torch.cat([self.down4(y4), x5], 1))
        levels = zip(self.heads, (y3, y4, y5), (8, 16, 32))
        return torch.cat([head(y, stride) for head, y, stride in levels], 2)
