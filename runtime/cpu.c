/*===- runtime/cpu.c - what this processor has --------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * This file runs before anything is known about the processor, so it is
 * compiled for the baseline of its architecture.
 *
 *===----------------------------------------------------------------------===*/

#include "internal.h"
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

enum reg { EAX, EBX, ECX, EDX };

/* Registers that the system must save: bits of XCR0. */
enum state { ANY, YMM, ZMM, TILE };
static const uint32_t state_bits[] = {0, 0x6, 0xe6, 0x60006};

/* LLVM's name of a feature and the bit of CPUID that tells it. */
typedef struct feature {
  char name[19];
  uint8_t reg : 2, state : 2;
  uint8_t bit, subleaf;
  uint32_t leaf;
} feature;

#define ROW(name, leaf, subleaf, reg, bit, state)                              \
  {name, reg, state, bit, subleaf, leaf}
static const feature features[] = {
    ROW("x87", 1, 0, EDX, 0, ANY),
    ROW("cx8", 1, 0, EDX, 8, ANY),
    ROW("cmov", 1, 0, EDX, 15, ANY),
    ROW("mmx", 1, 0, EDX, 23, ANY),
    ROW("fxsr", 1, 0, EDX, 24, ANY),
    ROW("sse", 1, 0, EDX, 25, ANY),
    ROW("sse2", 1, 0, EDX, 26, ANY),
    ROW("sse3", 1, 0, ECX, 0, ANY),
    ROW("pclmul", 1, 0, ECX, 1, ANY),
    ROW("ssse3", 1, 0, ECX, 9, ANY),
    ROW("fma", 1, 0, ECX, 12, YMM),
    ROW("cx16", 1, 0, ECX, 13, ANY),
    ROW("sse4.1", 1, 0, ECX, 19, ANY),
    ROW("sse4.2", 1, 0, ECX, 20, ANY),
    ROW("crc32", 1, 0, ECX, 20, ANY),
    ROW("movbe", 1, 0, ECX, 22, ANY),
    ROW("popcnt", 1, 0, ECX, 23, ANY),
    ROW("aes", 1, 0, ECX, 25, ANY),
    ROW("xsave", 1, 0, ECX, 27, ANY),
    ROW("avx", 1, 0, ECX, 28, YMM),
    ROW("f16c", 1, 0, ECX, 29, YMM),
    ROW("rdrnd", 1, 0, ECX, 30, ANY),
    ROW("fsgsbase", 7, 0, EBX, 0, ANY),
    ROW("sgx", 7, 0, EBX, 2, ANY),
    ROW("bmi", 7, 0, EBX, 3, ANY),
    ROW("avx2", 7, 0, EBX, 5, YMM),
    ROW("bmi2", 7, 0, EBX, 8, ANY),
    ROW("invpcid", 7, 0, EBX, 10, ANY),
    ROW("rtm", 7, 0, EBX, 11, ANY),
    ROW("avx512f", 7, 0, EBX, 16, ZMM),
    ROW("evex512", 7, 0, EBX, 16, ZMM),
    ROW("avx512dq", 7, 0, EBX, 17, ZMM),
    ROW("rdseed", 7, 0, EBX, 18, ANY),
    ROW("adx", 7, 0, EBX, 19, ANY),
    ROW("avx512ifma", 7, 0, EBX, 21, ZMM),
    ROW("clflushopt", 7, 0, EBX, 23, ANY),
    ROW("clwb", 7, 0, EBX, 24, ANY),
    ROW("avx512cd", 7, 0, EBX, 28, ZMM),
    ROW("sha", 7, 0, EBX, 29, ANY),
    ROW("avx512bw", 7, 0, EBX, 30, ZMM),
    ROW("avx512vl", 7, 0, EBX, 31, ZMM),
    ROW("avx512vbmi", 7, 0, ECX, 1, ZMM),
    ROW("pku", 7, 0, ECX, 4, ANY),
    ROW("waitpkg", 7, 0, ECX, 5, ANY),
    ROW("avx512vbmi2", 7, 0, ECX, 6, ZMM),
    ROW("shstk", 7, 0, ECX, 7, ANY),
    ROW("gfni", 7, 0, ECX, 8, ANY),
    ROW("vaes", 7, 0, ECX, 9, YMM),
    ROW("vpclmulqdq", 7, 0, ECX, 10, YMM),
    ROW("avx512vnni", 7, 0, ECX, 11, ZMM),
    ROW("avx512bitalg", 7, 0, ECX, 12, ZMM),
    ROW("avx512vpopcntdq", 7, 0, ECX, 14, ZMM),
    ROW("rdpid", 7, 0, ECX, 22, ANY),
    ROW("kl", 7, 0, ECX, 23, ANY),
    ROW("cldemote", 7, 0, ECX, 25, ANY),
    ROW("movdiri", 7, 0, ECX, 27, ANY),
    ROW("movdir64b", 7, 0, ECX, 28, ANY),
    ROW("enqcmd", 7, 0, ECX, 29, ANY),
    ROW("uintr", 7, 0, EDX, 5, ANY),
    ROW("avx512vp2intersect", 7, 0, EDX, 8, ZMM),
    ROW("serialize", 7, 0, EDX, 14, ANY),
    ROW("tsxldtrk", 7, 0, EDX, 16, ANY),
    ROW("pconfig", 7, 0, EDX, 18, ANY),
    ROW("amx-bf16", 7, 0, EDX, 22, TILE),
    ROW("avx512fp16", 7, 0, EDX, 23, ZMM),
    ROW("amx-tile", 7, 0, EDX, 24, TILE),
    ROW("amx-int8", 7, 0, EDX, 25, TILE),
    ROW("sha512", 7, 1, EAX, 0, YMM),
    ROW("sm3", 7, 1, EAX, 1, YMM),
    ROW("sm4", 7, 1, EAX, 2, YMM),
    ROW("raoint", 7, 1, EAX, 3, ANY),
    ROW("avxvnni", 7, 1, EAX, 4, YMM),
    ROW("avx512bf16", 7, 1, EAX, 5, ZMM),
    ROW("cmpccxadd", 7, 1, EAX, 7, ANY),
    ROW("amx-fp16", 7, 1, EAX, 21, TILE),
    ROW("hreset", 7, 1, EAX, 22, ANY),
    ROW("avxifma", 7, 1, EAX, 23, YMM),
    ROW("avxvnniint8", 7, 1, EDX, 4, YMM),
    ROW("avxneconvert", 7, 1, EDX, 5, YMM),
    ROW("amx-complex", 7, 1, EDX, 8, TILE),
    ROW("avxvnniint16", 7, 1, EDX, 10, YMM),
    ROW("prefetchi", 7, 1, EDX, 14, ANY),
    ROW("usermsr", 7, 1, EDX, 15, ANY),
    ROW("xsaveopt", 0xd, 1, EAX, 0, ANY),
    ROW("xsavec", 0xd, 1, EAX, 1, ANY),
    ROW("xsaves", 0xd, 1, EAX, 3, ANY),
    ROW("ptwrite", 0x14, 0, EBX, 4, ANY),
    ROW("widekl", 0x19, 0, EBX, 2, ANY),
    ROW("sahf", 0x80000001, 0, ECX, 0, ANY),
    ROW("lzcnt", 0x80000001, 0, ECX, 5, ANY),
    ROW("sse4a", 0x80000001, 0, ECX, 6, ANY),
    ROW("prfchw", 0x80000001, 0, ECX, 8, ANY),
    ROW("xop", 0x80000001, 0, ECX, 11, YMM),
    ROW("lwp", 0x80000001, 0, ECX, 15, ANY),
    ROW("fma4", 0x80000001, 0, ECX, 16, YMM),
    ROW("tbm", 0x80000001, 0, ECX, 21, ANY),
    ROW("mwaitx", 0x80000001, 0, ECX, 29, ANY),
    ROW("64bit", 0x80000001, 0, EDX, 29, ANY),
    ROW("clzero", 0x80000008, 0, EBX, 0, ANY),
    ROW("rdpru", 0x80000008, 0, EBX, 4, ANY),
    ROW("wbnoinvd", 0x80000008, 0, EBX, 9, ANY),
};
#undef ROW

static uint32_t read_cpuid(uint32_t leaf, uint32_t subleaf, enum reg reg) {
  uint32_t r[4] = {0};
  if (!__get_cpuid_count(leaf, subleaf, &r[0], &r[1], &r[2], &r[3]))
    return 0;
  return r[reg];
}

static uint32_t read_xcr0(void) {
  const uint32_t osxsave = 1u << 27;
  if (!(read_cpuid(1, 0, ECX) & osxsave))
    return 0;
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

/* Linux gives the tile registers only to a process that asks for them. */
static bool request_tiles(void) {
#if defined(__linux__) && defined(SYS_arch_prctl)
  enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
  return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
#else
  return false;
#endif
}

static bool has(const char *name, size_t length) {
  for (size_t i = 0; i < sizeof(features) / sizeof(*features); i++) {
    const feature *f = &features[i];
    if (strlen(f->name) != length || memcmp(f->name, name, length) != 0)
      continue;
    if (!(read_cpuid(f->leaf, f->subleaf, f->reg) >> f->bit & 1))
      return false;
    uint32_t needed = state_bits[f->state];
    return (read_xcr0() & needed) == needed &&
           (f->state != TILE || request_tiles());
  }
  return false; /* a feature newer than this run time */
}

#else
/* No way to ask: only code for the architecture's baseline is accepted. */
static bool has(const char *name, size_t length) {
  (void)name, (void)length;
  return false;
}
#endif

bool dlc_cpu_has(const char *list, char *missing, size_t size) {
  size_t used = 0;
  missing[0] = 0;
  bool all = true;
  for (const char *at = list ? list : ""; *at;) {
    size_t length = strcspn(at, ",");
    const char *name = at + (*at == '+');
    size_t name_length = length - (*at == '+');
    if (name_length && *name != '-' && !has(name, name_length)) {
      int n = used < size ? snprintf(missing + used, size - used, "%s%.*s",
                                     all ? "" : ", ", (int)name_length, name)
                          : 0;
      used += (size_t)n;
      all = false;
    }
    at += length + (at[length] == ',');
  }
  return all;
}

int32_t dlc_cpu_count(void) {
  /* Not cpu_set_t, which ends at 1,024 cores. */
  unsigned long mask[8192 / (8 * sizeof(long))] = {0};
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  int32_t count = 0;
  for (long i = 0; i < bytes / (long)sizeof(long); i++)
    count += __builtin_popcountl(mask[i]);
  return count < 1 ? 1 : count > DLC_MAX_THREADS ? DLC_MAX_THREADS : count;
}
