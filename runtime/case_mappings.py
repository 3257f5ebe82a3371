#===- case_mappings.py - writes case_mappings.inc --------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Writes Unicode's mappings of one code point to one as ranges of equal
distance: `python3 case_mappings.py > case_mappings.inc`."""
import sys
import unicodedata


def ranges(mapping):
    """[first, last, step, distance], sorted, of those that the mapping changes."""
    found = []
    for point in range(0x110000):
        mapped = mapping(chr(point))
        if len(mapped) != 1 or ord(mapped) == point:
            continue
        distance = ord(mapped) - point
        last = found[-1] if found else None
        if last and last[3] == distance and point - last[1] == (last[2] or point - last[1]) <= 2:
            last[1:3] = [point, point - last[1]]
        else:
            found.append([point, point, 0, distance])
    return found


print(f"""/* Written by case_mappings.py from Unicode {unicodedata.unidata_version}: first and last code point, step,
 * distance. */""")
for name, mapping in (("to_lower", str.lower), ("to_upper", str.upper)):
    print(f"static const mapping {name}[] = {{")
    for first, last, step, distance in ranges(mapping):
        print(f"    {{0x{first:x}, 0x{last:x}, {step or 1}, {distance}}},")
    print("};")
sys.stdout.flush()
