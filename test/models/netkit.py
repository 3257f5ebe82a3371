#===- netkit.py - from a PyTorch network to a case ------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""A decorated function returns the network and the list of its runs' arguments."""
import io
import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import onnx
import torch

from kit import register, write


def net(inputs, outputs, dynamic=None, legacy=False, opset=18, batchnorm=False, relative=1e-4):
    """Registers the decorated function(rng), which returns (module, [args, ...]).

    dynamic: {input: {axis: dim name}}; legacy: PyTorch's older exporter;
    batchnorm: keep the batch normalisations that the exporter would fold."""
    def add(build):
        name = build.__name__

        def make(folder):
            torch.manual_seed(len(name) * 1009 + sum(map(ord, name)))
            torch.set_num_threads(1)
            torch.backends.mha.set_fastpath_enabled(False)      # its fused op has no ONNX form
            module, runs = build(torch.Generator().manual_seed(5))
            with torch.no_grad():
                settle(module, runs[-1])
                export = export_legacy if legacy else export_dynamo
                model = export(module, runs[-1], inputs, outputs, dynamic or {}, opset, batchnorm)
                wanted = [flatten(module(*args)) for args in runs]
            feeds = [dict(zip(inputs, (a.numpy() for a in args))) for args in runs]
            # strip() in write() drops what exporters add, types of inner values too
            write(folder, model, feeds, [dict(zip(outputs, w)) for w in wanted], {}, rtol=1e-3, relative=relative)
        register(name, make)
        return build
    return add


def flatten(result):
    results = result if isinstance(result, (tuple, list)) else [result]
    return [r.detach().contiguous().numpy() for r in results]


def settle(module, args):
    """Statistics from real data and parameters that are no constants: leaving any
    of them out has to show."""
    noise = torch.Generator().manual_seed(7)
    norms = [m for m in module.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]
    for p in module.parameters():
        if p.numel() > 1 and p.std() < 1e-9:
            p.add_(0.1 * torch.randn(p.shape, generator=noise))
    module.eval()
    for m in norms:
        m.train()
        m.momentum = 1.0
    module(*args)
    for m in norms:
        m.running_mean += 0.1 * torch.randn(m.running_mean.shape, generator=noise)
        m.running_var *= 0.8 + 0.4 * torch.rand(m.running_var.shape, generator=noise)
        m.momentum = 0.1
    module.eval()


def export_dynamo(module, args, inputs, outputs, dynamic, opset, batchnorm):
    if batchnorm:
        raise ValueError("the newer exporter folds them always")
    shapes = tuple(dynamic.get(i) for i in inputs) if dynamic else None
    program = torch.onnx.export(module, args, dynamo=True, verbose=False, input_names=inputs, output_names=outputs,
                                opset_version=opset, dynamic_shapes=shapes)
    return program.model_proto


def export_legacy(module, args, inputs, outputs, dynamic, opset, batchnorm):
    file = io.BytesIO()
    mode = torch.onnx.TrainingMode.PRESERVE if batchnorm else torch.onnx.TrainingMode.EVAL
    torch.onnx.export(module, args, file, dynamo=False, input_names=inputs, output_names=outputs, opset_version=opset,
                      dynamic_axes=dynamic, training=mode, do_constant_folding=not batchnorm)
    return onnx.load_from_string(file.getvalue())
