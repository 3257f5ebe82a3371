#===- nets_vision.py - small vision networks ------------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""The well-known plans at a hundredth of their size."""
import torch
from torch import nn
from torch.nn import functional as F

from netkit import net


def images(rng, *shapes):
    return [(torch.randn(s, generator=rng),) for s in shapes]


def conv(i, o, k=3, s=1, groups=1, act=nn.ReLU):
    layers = [nn.Conv2d(i, o, k, s, k // 2, groups=groups, bias=False), nn.BatchNorm2d(o)]
    return nn.Sequential(*layers, *([act()] if act else []))


class Residual(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        mid = o // 4
        self.body = nn.Sequential(conv(i, mid, 1), conv(mid, mid, 3, stride), conv(mid, o, 1, act=None))
        self.short = conv(i, o, 1, stride, act=None) if i != o or stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.body(x) + self.short(x))


def resnet():
    return nn.Sequential(conv(3, 8, 7, 2), nn.MaxPool2d(3, 2, 1), Residual(8, 16, 1), Residual(16, 16, 1),
                         Residual(16, 32, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))


@net(["image"], ["scores"], dynamic={"image": {0: "batch"}})
def mini_resnet(rng):
    return resnet(), images(rng, (1, 3, 32, 32), (3, 3, 32, 32))


@net(["image"], ["scores"], legacy=True, opset=13, batchnorm=True)
def mini_resnet_batchnorm(rng):
    return resnet(), images(rng, (1, 3, 32, 32))


class Squeeze(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a, self.b = nn.Conv2d(c, c // 4, 1), nn.Conv2d(c // 4, c, 1)

    def forward(self, x):
        return x * F.hardsigmoid(self.b(F.relu(self.a(F.adaptive_avg_pool2d(x, 1)))))


class Inverted(nn.Module):
    def __init__(self, i, o, stride, kernel, act):
        super().__init__()
        wide = i * 3
        self.body = nn.Sequential(conv(i, wide, 1, act=act), conv(wide, wide, kernel, stride, wide, act),
                                  Squeeze(wide), conv(wide, o, 1, act=None))
        self.add = i == o and stride == 1

    def forward(self, x):
        return x + self.body(x) if self.add else self.body(x)


def mobilenet(act):
    return nn.Sequential(conv(3, 8, 3, 2, act=act), Inverted(8, 8, 1, 3, act), Inverted(8, 16, 2, 5, act),
                         Inverted(16, 16, 1, 5, act), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(16, 32), act(), nn.Dropout(0.2), nn.Linear(32, 7))


@net(["image"], ["scores"])
def mini_mobilenet_v3(rng):
    return mobilenet(nn.Hardswish), images(rng, (1, 3, 40, 36))


@net(["image"], ["scores"], legacy=True, opset=11, dynamic={"image": {0: "n"}})
def mini_mobilenet_relu6(rng):
    return mobilenet(nn.ReLU6), images(rng, (2, 3, 32, 32), (1, 3, 32, 32))


@net(["image"], ["scores"])
def mini_efficientnet(rng):
    return mobilenet(nn.SiLU), images(rng, (1, 3, 32, 32))


class Unet(nn.Module):
    def __init__(self, transposed):
        super().__init__()
        self.down = nn.ModuleList([conv(3, 8), conv(8, 16), conv(16, 24)])
        self.up = nn.ModuleList([self.grow(24, 16, transposed), self.grow(16, 8, transposed)])
        self.merge = nn.ModuleList([conv(32, 16), conv(16, 8)])
        self.head = nn.Conv2d(8, 2, 1)

    def grow(self, i, o, transposed):
        if transposed:
            return nn.ConvTranspose2d(i, o, 2, 2)
        return nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False), nn.Conv2d(i, o, 1))

    def forward(self, x):
        a = self.down[0](x)
        b = self.down[1](F.max_pool2d(a, 2))
        c = self.down[2](F.max_pool2d(b, 2))
        b = self.merge[0](torch.cat([self.up[0](c), b], 1))
        a = self.merge[1](torch.cat([self.up[1](b), a], 1))
        return self.head(a)


@net(["image"], ["mask"])
def mini_unet(rng):
    return Unet(True), images(rng, (1, 3, 24, 32))


@net(["image"], ["mask"], legacy=True, opset=16, dynamic={"image": {0: "n", 2: "h", 3: "w"}})
def mini_unet_bilinear(rng):
    return Unet(False), images(rng, (1, 3, 24, 16), (2, 3, 16, 40))


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        n, s, w = x.shape
        q, k, v = self.qkv(x).reshape(n, s, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        return self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, s, w))


class VitBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.a, self.b = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attend = Attention(width, heads)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        x = x + self.attend(self.a(x))
        return x + self.mlp(self.b(x))


class Vit(nn.Module):
    def __init__(self, width=24, patches=16):
        super().__init__()
        self.patch = nn.Conv2d(3, width, 8, 8)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.place = nn.Parameter(torch.randn(1, patches + 1, width) * 0.1)
        self.blocks = nn.Sequential(VitBlock(width, 3), VitBlock(width, 3))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 6)

    def forward(self, x):
        y = self.patch(x).flatten(2).transpose(1, 2)
        y = torch.cat([self.token.expand(x.shape[0], -1, -1), y], 1) + self.place
        return self.head(self.norm(self.blocks(y))[:, 0])


@net(["image"], ["scores"], dynamic={"image": {0: "batch"}})
def mini_vit(rng):
    return Vit(), images(rng, (1, 3, 32, 32), (4, 3, 32, 32))


class ConvNext(nn.Module):
    """Depthwise 7x7, then channels last: layer norm and a pointwise MLP."""

    def __init__(self, width=16):
        super().__init__()
        self.stem, self.depth = nn.Conv2d(3, width, 4, 4), nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.scale = nn.Parameter(torch.full((width,), 0.3))
        self.head = nn.Linear(width, 5)

    def forward(self, x):
        x = self.stem(x)
        y = self.mlp(self.norm(self.depth(x).permute(0, 2, 3, 1)))
        x = x + (self.scale * y).permute(0, 3, 1, 2)
        return self.head(x.mean((2, 3)))


@net(["image"], ["scores"])
def mini_convnext(rng):
    return ConvNext(), images(rng, (2, 3, 32, 24))


class Shuffle(nn.Module):
    """Channel split, shuffle and dense concatenation."""

    def __init__(self, c=16):
        super().__init__()
        self.stem = conv(3, c, 3, 2)
        self.branch = nn.Sequential(conv(c // 2, c // 2, 1), conv(c // 2, c // 2, 3, 1, c // 2, None), conv(c // 2, c // 2, 1))
        self.dense = nn.ModuleList([conv(c + 8 * i, 8) for i in range(3)])
        self.head = nn.Linear(c + 24, 4)

    def forward(self, x):
        x = self.stem(x)
        a, b = x.chunk(2, 1)
        x = torch.cat([a, self.branch(b)], 1)
        n, c, h, w = x.shape
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        for layer in self.dense:
            x = torch.cat([x, layer(x)], 1)
        return self.head(F.avg_pool2d(x, 4).flatten(1)[:, :40])


@net(["image"], ["scores"])
def mini_shufflenet_densenet(rng):
    return Shuffle(), images(rng, (1, 3, 8, 8))


class Detector(nn.Module):
    """Two scales, a feature pyramid and a decoded box head, without the suppression."""

    def __init__(self, c=12, classes=3):
        super().__init__()
        self.classes = classes
        self.a, self.b, self.c = conv(3, c, 3, 2, act=nn.SiLU), conv(c, c, 3, 2, act=nn.SiLU), conv(c, c, 3, 2, act=nn.SiLU)
        self.merge = conv(2 * c, c, 3, act=nn.SiLU)
        self.heads = nn.ModuleList([nn.Conv2d(c, 4 * 8 + classes, 1) for _ in range(2)])

    def forward(self, x):
        fine = self.b(self.a(x))
        coarse = self.c(fine)
        fine = self.merge(torch.cat([fine, F.interpolate(coarse, scale_factor=2, mode="nearest")], 1))
        bins, found = torch.arange(8, dtype=torch.float32), []
        for feature, head, stride in ((fine, self.heads[0], 4), (coarse, self.heads[1], 8)):
            h, w = feature.shape[2:]
            box, score = head(feature).flatten(2).split([32, self.classes], 1)
            side = (box.reshape(-1, 4, 8, h * w).softmax(2) * bins[:, None]).sum(2)
            y, x0 = torch.meshgrid(torch.arange(h) + 0.5, torch.arange(w) + 0.5, indexing="ij")
            centre = torch.stack([x0.flatten(), y.flatten()])
            low, high = centre - side[:, :2], centre + side[:, 2:]
            found.append(torch.cat([(low + high) / 2 * stride, (high - low) * stride, score.sigmoid()], 1))
        return torch.cat(found, 2)


@net(["image"], ["boxes"])
def mini_yolo(rng):
    return Detector(), images(rng, (1, 3, 32, 48))


@net(["noise"], ["image"], dynamic={"noise": {0: "batch"}})
def mini_generator(rng):
    """Transposed convolutions with batch and instance norms, as a GAN has."""
    plan = nn.Sequential(
        nn.Linear(12, 16 * 16), nn.Unflatten(1, (16, 4, 4)),
        nn.ConvTranspose2d(16, 12, 4, 2, 1, bias=False), nn.BatchNorm2d(12), nn.ReLU(),
        nn.ConvTranspose2d(12, 8, 3, 2, 1, 1), nn.InstanceNorm2d(8, affine=True), nn.LeakyReLU(0.2),
        nn.ReflectionPad2d(2), nn.Conv2d(8, 3, 5), nn.Tanh())
    return plan, images(rng, (1, 12), (3, 12))
