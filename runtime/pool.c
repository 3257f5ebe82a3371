/*===- runtime/pool.c - the threads of a context ------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Each worker waits on a word of its own, so a launch disturbs only those that
 * it needs. A waiting thread spins for some microseconds, then sleeps in the
 * kernel: launches that follow each other start in under a microsecond, and
 * between runs nothing moves. A worker's word goes
 *
 *     IDLE --(caller: work)--> WORK --(worker: done)--> IDLE
 *     IDLE --(worker: tired)--> ASLEEP --(caller: work, and a wake)--> WORK
 *
 * and the caller waits the same way on `pending`, the number of workers that
 * are not done.
 *
 *===----------------------------------------------------------------------===*/

#include "internal.h"
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { IDLE, ASLEEP, WORK, QUIT };
enum { SPIN_NANOSECONDS = 50000, STACK_SIZE = 1 << 20 };

/* A bit of `pending`: the caller sleeps. */
static const uint32_t caller_sleeps = 1u << 31;

typedef struct worker {
  _Alignas(DLC_ALIGNMENT) _Atomic uint32_t state;
  int32_t index;
  pthread_t thread;
  dlc_team *team;
} worker;

struct dlc_team {
  void (*body)(void *data, int64_t index, int32_t thread);
  void *data;
  int64_t spin; /* nanoseconds */
  int32_t size; /* workers */
  size_t bytes; /* of this object */
  bool orphaned;
  pid_t process;
  _Alignas(DLC_ALIGNMENT) _Atomic uint32_t pending;
  worker workers[];
};

static void futex_wait(_Atomic uint32_t *word, uint32_t value) {
  syscall(SYS_futex, word, 128 /* WAIT | PRIVATE */, value, NULL, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word) {
  syscall(SYS_futex, word, 129 /* WAKE | PRIVATE */, 1, NULL, NULL, 0);
}

static void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Spins until the word, under the mask, is no more (or, for `until`, has
 * become) the value; false: the time is over. */
static bool spin(_Atomic uint32_t *word, uint32_t value, bool until,
                 int64_t nanoseconds) {
  int64_t end = nanoseconds ? dlc_now() + nanoseconds : 0;
  do {
    for (int i = 0; i < 32; i++) {
      if ((atomic_load_explicit(word, memory_order_acquire) == value) == until)
        return true;
      relax();
    }
  } while (nanoseconds && dlc_now() < end);
  return false;
}

static uint32_t await_order(worker *w) {
  if (!spin(&w->state, IDLE, false, w->team->spin)) {
    uint32_t idle = IDLE;
    if (atomic_compare_exchange_strong(&w->state, &idle, ASLEEP))
      while (atomic_load(&w->state) == ASLEEP)
        futex_wait(&w->state, ASLEEP);
  }
  return atomic_load(&w->state);
}

static void report_done(dlc_team *team) {
  if (atomic_fetch_sub(&team->pending, 1) == (1 | caller_sleeps))
    futex_wake(&team->pending);
}

static void *work(void *argument) {
  worker *w = argument;
  while (await_order(w) == WORK) {
    w->team->body(w->team->data, w->index, w->index);
    /* Before the report: the next order may come right after it. */
    atomic_store(&w->state, IDLE);
    report_done(w->team);
  }
  return NULL;
}

static void give_order(worker *w, uint32_t order) {
  if (atomic_exchange(&w->state, order) == ASLEEP)
    futex_wake(&w->state);
}

static void await_done(dlc_team *team) {
  if (spin(&team->pending, 0, true, team->spin))
    return;
  uint32_t left = atomic_load(&team->pending);
  while (left & ~caller_sleeps) {
    if ((left & caller_sleeps) ||
        atomic_compare_exchange_strong(&team->pending, &left,
                                       left | caller_sleeps))
      futex_wait(&team->pending, left | caller_sleeps);
    left = atomic_load(&team->pending);
  }
}

void dlc_team_run(void *self, int64_t count,
                  void (*body)(void *data, int64_t index, int32_t thread),
                  void *data) {
  dlc_team *team = self;
  if (team->orphaned) {
    for (int64_t i = 0; i < count; i++)
      body(data, i, 0);
    return;
  }
  team->body = body;
  team->data = data;
  atomic_store(&team->pending, (uint32_t)(count - 1));
  for (int64_t i = 1; i < count; i++)
    give_order(&team->workers[i - 1], WORK);
  body(data, 0, 0);
  await_done(team);
}

void dlc_team_check_fork(dlc_team *team) {
  if (getpid() != team->process)
    team->orphaned = true;
}

static bool start(worker *w) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes))
    return false;
  size_t stack = STACK_SIZE;
  long least = sysconf(_SC_THREAD_STACK_MIN);
  if (least > 0 && (size_t)least > stack)
    stack = (size_t)least;
  bool started = !pthread_attr_setstacksize(&attributes, stack) &&
                 !pthread_create(&w->thread, &attributes, work, w);
  pthread_attr_destroy(&attributes);
  return started;
}

dlc_team *dlc_team_create(const dlc_memory *memory, int32_t threads) {
  size_t bytes = sizeof(dlc_team) + (size_t)threads * sizeof(worker);
  dlc_team *team = memory->allocate(memory->self, bytes, DLC_ALIGNMENT);
  if (!team)
    return NULL;
  team->bytes = bytes;
  team->size = threads - 1;
  team->orphaned = false;
  team->process = getpid();
  /* With more threads than cores, who spins keeps another from its work. */
  team->spin = threads > dlc_cpu_count() ? 0 : SPIN_NANOSECONDS;
  atomic_init(&team->pending, 0);
  /* Signals are for the threads of the program. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int32_t started = 0;
  for (; started < team->size; started++) {
    worker *w = &team->workers[started];
    atomic_init(&w->state, IDLE);
    w->index = started + 1;
    w->team = team;
    if (!start(w))
      break;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (started == team->size)
    return team;
  team->size = started;
  dlc_team_destroy(memory, team);
  return NULL;
}

void dlc_team_destroy(const dlc_memory *memory, dlc_team *team) {
  if (!team)
    return;
  dlc_team_check_fork(team);
  for (int32_t i = 0; i < team->size && !team->orphaned; i++)
    give_order(&team->workers[i], QUIT);
  for (int32_t i = 0; i < team->size && !team->orphaned; i++)
    pthread_join(team->workers[i].thread, NULL);
  memory->release(memory->self, team, team->bytes);
}
