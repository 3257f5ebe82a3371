# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads TensorBoard's event files."""
import struct
from types import SimpleNamespace


def _masked_crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    crc ^= 0xffffffff
    return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff


# The checksum's published value for these bytes (RFC 3720, B.4).
assert _masked_crc32c(bytes(32)) == ((0x8a9136aa >> 15 | 0x8a9136aa << 17) + 0xa282ead8) & 0xffffffff


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _fields(data):
    """Field number and value, as protobuf's wire format has them."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
        elif kind == 2:
            size, at = _varint(data, at)
            value, at = data[at:at + size], at + size
            assert len(value) == size
        else:
            code, size = {1: ("<d", 8), 5: ("<f", 4)}[kind]
            value, at = struct.unpack(code, data[at:at + size])[0], at + size
        yield key >> 3, value


def _event(data):
    fields = dict(_fields(data))
    assert set(fields) <= {1, 2, 3, 5}, fields      # of event.proto
    values = {}
    for number, value in _fields(fields.get(5, b"")):
        assert number == 1                          # Summary.value
        scalar = dict(_fields(value))
        assert set(scalar) == {1, 2}, scalar        # its tag and simple_value
        values[scalar[1].decode()] = scalar[2]
    return SimpleNamespace(wall_time=fields[1], step=fields.get(2, 0),
                           file_version=fields.get(3, b"").decode(), scalars=values)


def read(path):
    """The events of a file; every record's checksums must be right."""
    events = []
    with open(path, "rb") as f:
        while head := f.read(12):
            size, crc = struct.unpack("<QI", head)
            data = f.read(size)
            assert crc == _masked_crc32c(head[:8]) and len(data) == size
            assert struct.unpack("<I", f.read(4))[0] == _masked_crc32c(data)
            events.append(_event(data))
    return events
