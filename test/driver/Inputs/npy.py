# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""npy.py write FILE VALUE... | npy.py read FILE: float32 vectors, without numpy."""
import struct
import sys

command, path = sys.argv[1:3]
if command == "write":
    values = [float(value) for value in sys.argv[3:]]
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }" % len(values)
    header = header.ljust(128 - 10 - 1) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack("<%df" % len(values), *values))
else:
    with open(path, "rb") as file:
        data = file.read()
    data = data[10 + struct.unpack("<H", data[8:10])[0]:]
    print(*struct.unpack("<%df" % (len(data) // 4), data))
