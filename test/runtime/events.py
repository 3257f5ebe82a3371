# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads TensorBoard's event files, by the protobuf library."""
import struct

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

DOUBLE, FLOAT, INT64, STRING, MESSAGE = 1, 2, 3, 9, 11
# message -> fields: number, name, type, repeated
MESSAGES = {
    "Value": [(1, "tag", STRING, False), (2, "simple_value", FLOAT, False)],
    "Summary": [(1, "value", "Value", True)],
    "Event": [(1, "wall_time", DOUBLE, False), (2, "step", INT64, False),
              (3, "file_version", STRING, False), (5, "summary", "Summary", False)],
}


def _event_class():
    file = descriptor_pb2.FileDescriptorProto(name="events.proto", syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, field, kind, repeated in fields:
            added = message.field.add(name=field, number=number, label=3 if repeated else 1)
            added.type = MESSAGE if isinstance(kind, str) else kind
            if isinstance(kind, str):
                added.type_name = "." + kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("Event"))


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


def read(path):
    """The events of a file; every record's checksums must be right."""
    event, events = _event_class(), []
    with open(path, "rb") as f:
        while head := f.read(12):
            size, crc = struct.unpack("<QI", head)
            data = f.read(size)
            assert crc == _masked_crc32c(head[:8]) and len(data) == size
            assert struct.unpack("<I", f.read(4))[0] == _masked_crc32c(data)
            events.append(event.FromString(data))
    return events
