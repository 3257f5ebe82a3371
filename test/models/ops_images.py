#===- ops_images.py - cases of image files --------------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Each input of a case is a file, decoded as RGB and as Grayscale.

What is expected is what Pillow, with which ONNX's reference decodes, converts the
file to. Only gray of 16 bits it cuts off at 255, while it takes the high byte of
other colours: here that is taken always."""
import io
import struct

import numpy as np

from kit import graph, rng_of


def run_pillow(model, feeds):
    return [{node.output[0]: decoded(feed[node.input[0]].tobytes(), node.attribute[0].s.decode())
             for node in model.graph.node} for feed in feeds]


def decoded(data, pixel_format):
    from PIL import Image
    image = Image.open(io.BytesIO(data))
    image.load()
    if image.mode in ("I", "I;16", "I;16B"):
        wide = np.array(image).astype(np.int64)
        # JPEG 2000 rounds, a portable map is scaled from its own maximum.
        narrow = {"JPEG2000": np.minimum(wide + 128 >> 8, 255),
                  "PPM": np.rint(wide / 65535 * 255)}.get(image.format, wide >> 8)
        image = Image.fromarray(narrow.astype(np.uint8))
    if pixel_format == "Grayscale":
        return np.array(image.convert("L"))[:, :, None]
    rgb = np.array(image.convert("RGB"))
    return np.ascontiguousarray(rgb[:, :, ::-1]) if pixel_format == "BGR" else rgb


def files(g, made):
    """An input for each file, and what is decoded from it."""
    for name, data in made.items():
        x = g.input(name, (f"{name}_bytes",), "uint8", make=lambda _, data=data: np.frombuffer(data, np.uint8))
        g.output(f"{name}_rgb", g.ImageDecoder(x, pixel_format="RGB"))
        g.output(f"{name}_gray", g.ImageDecoder(x, pixel_format="Grayscale"))
    g.output("bgr", g.ImageDecoder(x, pixel_format="BGR"))


def picture(mode, width=21, height=13, seed="picture"):
    """Waves with some noise, in a mode of Pillow's."""
    from PIL import Image
    rng = rng_of(seed + mode)
    bands = {"RGB": 3, "RGBA": 4, "LA": 2, "CMYK": 4, "YCbCr": 3}.get(mode, 1)
    y, x, c = np.mgrid[:height, :width, :bands]
    waves = 128 + 90 * np.sin(x / (3 + c) + c) * np.cos(y / (4 - c / 2)) + rng.integers(-20, 20, x.shape)
    if mode == "I;16":
        return Image.fromarray((waves[:, :, 0] * 257 % 65536).astype(np.uint16))
    pixels = waves.astype(np.uint8)
    if mode in ("1", "P"):
        return Image.fromarray(waves[:, :, :1].repeat(3, 2).astype(np.uint8) ^ (mode == "P") * x.astype(np.uint8) * 8
                               ).convert(mode)
    return Image.fromarray(pixels[:, :, 0] if bands == 1 else pixels, mode if mode in ("CMYK", "YCbCr") else None)


def saved(image, kind, **options):
    with io.BytesIO() as f:
        image.save(f, kind, **options)
        return f.getvalue()


case = graph(opset=20, by=run_pillow)


@case
def images_jpeg(g):
    files(g, {
        "rgb": saved(picture("RGB"), "JPEG"),
        "full_chroma": saved(picture("RGB"), "JPEG", subsampling=0, quality=95),
        "half_chroma": saved(picture("RGB", 33, 17), "JPEG", subsampling=1),
        "progressive": saved(picture("RGB", 40, 35), "JPEG", progressive=True, quality=60),
        "gray": saved(picture("L"), "JPEG"),
        "cmyk": saved(picture("CMYK"), "JPEG"),
        "restarts": saved(picture("RGB", 50, 20), "JPEG", restart_marker_blocks=2),
        "turned": saved(picture("RGB", 9, 14), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
                                                            b"\0\0\0\0"),
        "one_pixel": saved(picture("RGB", 1, 1), "JPEG"),
    })


def png(width, height, depth, kind, rows, *chunks, interlaced=0):
    import zlib
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)) +
            b"".join(chunk(*c) for c in chunks) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def png_rows(g, height, size):
    """Rows of noise, each with a filter of its own."""
    return b"".join(bytes([y % 5]) + g.rng.bytes(size) for y in range(height))


@case
def images_png(g):
    rng = rng_of("adam7")
    adam7 = b"".join(b"\0" + rng.bytes(3 * w) for w, h in ((2, 1), (1, 1), (3, 1), (2, 2), (5, 2), (4, 4), (9, 3))
                     for _ in range(h))
    palette = (b"PLTE", bytes(range(0, 192, 4)))
    files(g, {
        "rgb": saved(picture("RGB"), "PNG"),
        "rgba": saved(picture("RGBA"), "PNG"),
        "gray": saved(picture("L"), "PNG"),
        "gray_alpha": saved(picture("LA"), "PNG"),
        "one_bit": saved(picture("1"), "PNG"),
        "palette": saved(picture("P"), "PNG"),
        "palette_clear": saved(picture("P"), "PNG", transparency=3),
        "palette_4": png(11, 6, 4, 3, png_rows(g, 6, 6), palette),
        "gray_2": png(11, 6, 2, 0, png_rows(g, 6, 3)),
        "gray_4": png(11, 6, 4, 0, png_rows(g, 6, 6)),
        "gray_16": saved(picture("I;16"), "PNG"),
        "rgb_16": png(7, 5, 16, 2, png_rows(g, 5, 42)),
        "rgba_16": png(7, 5, 16, 6, png_rows(g, 5, 56)),
        "gray_alpha_16": png(7, 5, 16, 4, png_rows(g, 5, 28)),
        "gray_clear": png(7, 5, 8, 0, png_rows(g, 5, 7), (b"tRNS", b"\0\x07")),
        "gamma": png(7, 5, 8, 2, png_rows(g, 5, 21), (b"gAMA", struct.pack(">I", 22222))),
        "interlaced": png(9, 7, 8, 2, adam7, interlaced=1),
    })


@case
def images_webp(g):
    from PIL import Image
    frames = [picture("RGBA", seed=f"frame{i}") for i in range(2)]
    files(g, {
        "lossy": saved(picture("RGB"), "WEBP"),
        "lossless": saved(picture("RGB"), "WEBP", lossless=True),
        "lossy_alpha": saved(picture("RGBA"), "WEBP"),
        "lossless_alpha": saved(picture("RGBA"), "WEBP", lossless=True, exact=True),
        "gray": saved(picture("L"), "WEBP"),
        "moving": saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True, exact=True),
    })


@case
def images_jpeg2000(g):
    files(g, {
        "rgb": saved(picture("RGB"), "JPEG2000"),
        "codestream": saved(picture("RGB"), "JPEG2000", no_jp2=True),
        "lossy": saved(picture("RGB", 40, 30), "JPEG2000", irreversible=True, quality_mode="rates", quality_layers=[8]),
        "tiles": saved(picture("RGB", 50, 41), "JPEG2000", tile_size=(16, 16)),
        "moved": saved(picture("RGB", 50, 41), "JPEG2000", offset=(5, 3), tile_size=(32, 32), tile_offset=(2, 1)),
        "rgba": saved(picture("RGBA"), "JPEG2000"),
        "gray": saved(picture("L"), "JPEG2000"),
        "gray_alpha": saved(picture("LA"), "JPEG2000"),
        "gray_16": saved(picture("I;16"), "JPEG2000"),
        "luma": saved(picture("YCbCr"), "JPEG2000"),
    })


@case
def images_tiff(g):
    def tags(**values):
        return {"tiffinfo": {getattr(TiffTags, k): v for k, v in values.items()}}
    from PIL import TiffImagePlugin as TiffTags
    rgb, rgba = picture("RGB"), picture("RGBA")
    made = {
        "rgb": saved(rgb, "TIFF"),
        "rgba": saved(rgba, "TIFF"),
        "gray": saved(picture("L"), "TIFF"),
        "gray_alpha": saved(picture("LA"), "TIFF"),
        "gray_16": saved(picture("I;16"), "TIFF"),
        "one_bit": saved(picture("1"), "TIFF"),
        "fax": saved(picture("1", 40, 9), "TIFF", compression="group4"),
        "palette": saved(picture("P"), "TIFF"),
        "cmyk": saved(picture("CMYK"), "TIFF"),
        "lzw": saved(rgb, "TIFF", compression="tiff_lzw", **tags(PREDICTOR=2)),
        "deflate": saved(rgb, "TIFF", compression="tiff_adobe_deflate"),
        "packbits": saved(rgb, "TIFF", compression="packbits"),
        "jpeg": saved(picture("YCbCr", 40, 30), "TIFF", compression="jpeg"),
        "rows": saved(picture("RGB", 30, 50), "TIFF", compression="tiff_lzw", **tags(ROWSPERSTRIP=7)),
        "white_is_0": tiff(13, 5, g.rng.bytes(10), bits=1, photometric=0),
        "gray_4": tiff(13, 5, g.rng.bytes(35), bits=4, photometric=1),
        "palette_4": tiff(13, 5, g.rng.bytes(35), bits=4, photometric=3,
                          more=[(320, 3, np.frombuffer(g.rng.bytes(96), np.uint16))]),
        "rgb_16": tiff(7, 5, g.rng.bytes(210), bits=16, photometric=2, samples=3),
        "planes": tiff(7, 5, g.rng.bytes(105), bits=8, photometric=2, samples=3, planes=2),
        "tiles": tiff(21, 18, g.rng.bytes(4 * 768), bits=8, photometric=2, samples=3, tile=16),
        "premultiplied": tiff(7, 5, g.rng.bytes(140), bits=8, photometric=2, samples=4, more=[(338, 3, [1])]),
        "big_endian": tiff(7, 5, g.rng.bytes(35), bits=8, photometric=1, order=">"),
    }
    made.update({f"turned_{i}": tiff(7, 4, g.rng.bytes(84), bits=8, photometric=2, samples=3, more=[(274, 3, [i])])
                 for i in range(2, 9)})
    files(g, made)


def tiff(width, height, pixels, bits, photometric, samples=1, planes=1, tile=0, more=(), order="<"):
    """An uncompressed image in one strip, a strip a plane, or tiles."""
    start, count = 8, samples if planes == 2 else 1
    if tile:
        count = -(-width // tile) * -(-height // tile)
    sizes = [len(pixels) // count] * count
    offsets = [start + i * sizes[0] for i in range(count)]
    layout = ([(322, 3, [tile]), (323, 3, [tile]), (324, 4, offsets), (325, 4, sizes)] if tile else
              [(273, 4, offsets), (278, 3, [height]), (279, 4, sizes)])
    entries = sorted([(256, 3, [width]), (257, 3, [height]), (258, 3, [bits] * samples), (259, 3, [1]),
                      (262, 3, [photometric]), (277, 3, [samples]), (284, 3, [planes]), *layout, *more])
    body = pixels + b"\0" * (len(pixels) % 2)
    at = start + len(body) + 2 + 12 * len(entries) + 4
    table, tail = b"", b""
    for tag, kind, values in entries:
        data = struct.pack(f"{order}{len(values)}{'HI'[kind == 4]}", *values)
        if len(data) > 4:
            data, tail = struct.pack(order + "I", at + len(tail)), tail + data
        table += struct.pack(order + "HHI", tag, kind, len(values)) + data.ljust(4, b"\0")
    return (struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, start + len(body)) + body +
            struct.pack(order + "H", len(entries)) + table + b"\0" * 4 + tail)


def bmp(width, height, bits, pixels, compression=0, palette=b"", masks=b"", colours=0):
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(pixels), 0, 0, colours, 0)
    offset = 14 + len(head) + len(masks) + len(palette)
    return struct.pack("<2sIHHI", b"BM", offset + len(pixels), 0, 0, offset) + head + masks + palette + pixels


@case
def images_bmp(g):
    colours = b"".join(g.rng.bytes(3) + b"\0" for _ in range(256))
    # A run, a literal row, an end of a row, a move to the right and up, an end.
    runs_8 = bytes([5, 7, 0, 4, 1, 2, 3, 4, 0, 0, 3, 9, 0, 3, 5, 6, 7, 0, 0, 0, 2, 1, 0, 2, 2, 1, 1, 200, 0, 0,
                    9, 3, 0, 0, 9, 4, 0, 1])
    runs_4 = bytes([5, 0x7a, 0, 4, 0x12, 0x34, 0, 0, 9, 0x9b, 0, 0, 3, 0x56, 0, 6, 0x78, 0x9a, 0xbc, 0, 0, 1])
    files(g, {
        "rgb": saved(picture("RGB"), "BMP"),
        "gray": saved(picture("L"), "BMP"),
        "one_bit": saved(picture("1"), "BMP"),
        "palette": saved(picture("P"), "BMP"),
        "rgba": saved(picture("RGBA"), "BMP"),
        "downwards": bmp(5, -3, 24, g.rng.bytes(48)),
        "palette_1": bmp(13, 3, 1, g.rng.bytes(12), palette=colours[:8]),
        "palette_4": bmp(13, 3, 4, g.rng.bytes(24), palette=colours[:64]),
        "palette_short": bmp(4, 2, 8, bytes([0, 1, 2, 3, 3, 2, 1, 0]), palette=colours[:16], colours=4),
        "words": bmp(5, 3, 16, g.rng.bytes(36)),
        "words_565": bmp(5, 3, 16, g.rng.bytes(36), 3, masks=struct.pack("<3I", 0xf800, 0x7e0, 0x1f)),
        "rgbx": bmp(5, 3, 32, g.rng.bytes(60)),
        "fields": bmp(5, 3, 32, g.rng.bytes(60), 3, masks=struct.pack("<3I", 0xff000000, 0xff0000, 0xff00)),
        "runs_8": bmp(9, 5, 8, runs_8, 1, palette=colours),
        "runs_4": bmp(9, 3, 4, runs_4, 2, palette=colours[:64]),
        "core": struct.pack("<2sIHHIIHHHH", b"BM", 26 + 48, 0, 0, 26, 12, 5, 3, 1, 24) + g.rng.bytes(48),
    })


@case
def images_pnm(g):
    files(g, {
        "pixels": saved(picture("RGB"), "PPM"),
        "gray": saved(picture("L"), "PPM"),
        "bits": saved(picture("1"), "PPM"),
        "bits_text": b"P1\n# a comment\n5 2\n10101\n0 1 0 1 1\n",
        "gray_text": b"P2 3 #c\n2\n15\n0 1 2 7\n14 15",
        "pixels_text": b"P3\n2 2\n255\n1 2 3 4 5 6\n7 8 9 255 254 0\n",
        "gray_100": b"P5 5 3 100 " + g.rng.integers(0, 101, 15).astype(np.uint8).tobytes(),
        "pixels_10": b"P6 5 3 10 " + g.rng.integers(0, 11, 45).astype(np.uint8).tobytes(),
        "gray_16": b"P5 5 3 65535 " + g.rng.bytes(30),
        "pixels_16": b"P6 5 3 65535 " + g.rng.bytes(90),
        "pixels_1000": b"P6 5 3 1000 " + g.rng.integers(0, 1001, 45).astype(">u2").tobytes(),
    })
