/*===- dlc/runtime.h - compiled models: the C interface -----------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * A compiled model is one constant object of type dlc_model. A context holds
 * what a model needs to run: threads, the arena, results. Runs of different
 * contexts are independent of each other; one context runs one call at a time.
 *
 * Every function returns a status; none prints, exits or throws.
 *
 *   extern const dlc_model resnet50;
 *
 *   dlc_context *ctx;
 *   if (dlc_context_create(&resnet50, NULL, &ctx) != DLC_OK) ...
 *   float x[1 * 3 * 224 * 224];
 *   int64_t shape[] = {1, 3, 224, 224};
 *   dlc_tensor in = {x, DLC_FLOAT32, 4, shape, NULL}, out = {0};
 *   if (dlc_run(ctx, &in, &out) != DLC_OK)
 *     puts(dlc_last_error(ctx));
 *   dlc_context_destroy(ctx);
 *
 *===----------------------------------------------------------------------===*/

#ifndef DLC_RUNTIME_H
#define DLC_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLC_ABI_VERSION 3
#define DLC_MAX_RANK 16

/* Element types; the values are ONNX's TensorProto.DataType. A bool is one
 * byte, 0 or 1. A complex number is its real part, then its imaginary one. */
typedef enum dlc_dtype {
  DLC_UNDEFINED = 0,
  DLC_FLOAT32 = 1,
  DLC_UINT8 = 2,
  DLC_INT8 = 3,
  DLC_UINT16 = 4,
  DLC_INT16 = 5,
  DLC_INT32 = 6,
  DLC_INT64 = 7,
  DLC_STRING = 8,
  DLC_BOOL = 9,
  DLC_FLOAT16 = 10,
  DLC_FLOAT64 = 11,
  DLC_UINT32 = 12,
  DLC_UINT64 = 13,
  DLC_COMPLEX64 = 14,
  DLC_COMPLEX128 = 15,
  DLC_BFLOAT16 = 16,
  /* Narrow types: one element a byte, those of 6, 4 and 2 bits in its low bits.
   */
  DLC_FLOAT8E4M3FN = 17,
  DLC_FLOAT8E4M3FNUZ = 18,
  DLC_FLOAT8E5M2 = 19,
  DLC_FLOAT8E5M2FNUZ = 20,
  DLC_UINT4 = 21,
  DLC_INT4 = 22,
  DLC_FLOAT4E2M1 = 23,
  DLC_FLOAT8E8M0 = 24,
  DLC_UINT2 = 25,
  DLC_INT2 = 26,
  DLC_FLOAT6E2M3 = 27,
  DLC_FLOAT6E3M2 = 28,

  /* Flags beside a type, see dlc_tensor. */
  DLC_SEQUENCE = 0x100,
  DLC_OPTIONAL = 0x200
} dlc_dtype;
/* The type without flags. */
#define DLC_BASE_DTYPE(dtype) ((dtype) & 0xff)

/* An element of type DLC_STRING: UTF-8 without a terminator. Those of an output
 * are the context's, valid until its next run, wherever the array lies. */
typedef struct dlc_string {
  const char *data; /* may be NULL where size is 0 */
  size_t size;
} dlc_string;

typedef enum dlc_status {
  DLC_OK = 0,
  DLC_INVALID_ARGUMENT = 1, /* wrong type, rank, shape, name or value */
  DLC_OUT_OF_MEMORY = 2,
  DLC_UNSUPPORTED = 3, /* this processor lacks what the code needs */
  DLC_IO_ERROR = 4     /* a weights file that cannot be read */
} dlc_status;

/* An array. `strides` counts elements; NULL is row-major. An output whose
 * `data` is NULL is given memory that its context owns until the next run.
 *
 * A sequence of tensors is one of type DLC_SEQUENCE | (the tensors' type): an
 * array of so many dlc_tensors, of rank 1. An optional that holds nothing is
 * one of type DLC_UNDEFINED, as a zeroed dlc_tensor is; one that holds
 * something is that. Sequences and optionals that a run gives always lie in
 * memory that its context owns to the end of the next run; they may be its
 * inputs. */
typedef struct dlc_tensor {
  void *data;
  int32_t dtype; /* dlc_dtype */
  int32_t rank;
  const int64_t *shape;
  const int64_t *strides;
} dlc_tensor;

/* A dimension of a declared shape: >= 0 is fixed, DLC_SYMBOL(k) is the model's
 * k-th symbolic dimension, DLC_UNKNOWN is only known when the model has run. */
#define DLC_SYMBOL(k) (-1 - (int64_t)(k))
#define DLC_UNKNOWN INT64_MIN

/* An input or output. For a sequence or an optional: its type with the flags
 * DLC_SEQUENCE and DLC_OPTIONAL, and the rank and dims of each tensor; rank -1:
 * any. */
typedef struct dlc_value_info {
  const char *name;
  int32_t dtype;
  int32_t rank;
  const int64_t *dims;
} dlc_value_info;

/*===----------------------------------------------------------------------===*
 * What compiled code and the run time tell each other. Not for users.
 *===----------------------------------------------------------------------===*/

/* A kernel does the units of work [begin, end) of its launch. `scratch` is
 * memory of the calling thread, of the code's scratch_size, 64-byte aligned. */
typedef void (*dlc_kernel)(const void *args, int64_t begin, int64_t end,
                           void *scratch);

/* Where in the model a launch comes from: for traces and messages. */
typedef struct dlc_site {
  const char *name;   /* the source nodes, e.g. "conv1+bn1+relu" */
  const char *kernel; /* the kernel's kind, e.g. "conv 3x3 6x64" */
  int64_t flops;      /* of one launch; -1: depends on symbolic dims */
  int64_t bytes;      /* that it has to read and write; -1: likewise */
} dlc_site;

typedef struct dlc_frame dlc_frame;

/* Any number of tensors, or an optional; NULL: one that holds nothing. It lives
 * until the run's end and never changes. */
typedef struct dlc_sequence dlc_sequence;

/* Memory that grows while the code runs: of a loop's temporary, or of what it
 * gathers. All zero at first. */
typedef struct dlc_room {
  void *data;
  int64_t capacity;
} dlc_room;

/* The services of the run time to compiled code, in this order. Those that
 * return an int give 0, or another dlc_status that the code returns at once. */
typedef struct dlc_services {
  /* Runs kernel over [0, count), split over the threads; `grain` is the least
   * count that is worth a thread. Returns when all is done. */
  void (*parallel)(dlc_frame *, dlc_kernel kernel, const void *args,
                   int64_t count, int64_t grain, const dlc_site *site);
  /* The arena, of at least `size` bytes, 64-byte aligned; NULL: no memory
   * (the error is recorded). Called once a run, before any kernel. */
  void *(*arena)(dlc_frame *, int64_t size);
  /* Memory that lives until the run's end; NULL: no memory. */
  void *(*alloc)(dlc_frame *, int64_t size);
  /* The memory of output `index`, now that its shape is known: the caller's,
   * checked against dims, or the context's own. NULL: an error. */
  void *(*output)(dlc_frame *, int32_t index, int32_t rank,
                  const int64_t *dims);
  /* Records an error message built from `format` ("%" is replaced by the next
   * of the values) and returns DLC_INVALID_ARGUMENT. `site` may be NULL. */
  int (*fail)(dlc_frame *, const dlc_site *site, const char *format,
              const int64_t *values, int32_t count);
  /* Memory of at least `size` bytes in a room, until more is asked of it. It
   * starts with the `kept` bytes at `from`, which may lie in the room. What was
   * given before stays as it is, until the run's end. NULL: no memory. */
  void *(*grow)(dlc_frame *, dlc_room *room, int64_t size, const void *from,
                int64_t kept);
  /* A sequence of no tensors. */
  const dlc_sequence *(*sequence)(dlc_frame *);
  /* The sequence with a copy of a dense tensor in front of position `at`, which
   * may be the end; `element` is the bytes of an element. NULL: an error. */
  const dlc_sequence *(*insert)(dlc_frame *, const dlc_sequence *, int64_t at,
                                const void *data, int64_t element, int32_t rank,
                                const int64_t *dims);
  /* The sequence without the tensor at a position. NULL: an error. */
  const dlc_sequence *(*erase)(dlc_frame *, const dlc_sequence *, int64_t at);
  int64_t (*length)(dlc_frame *, const dlc_sequence *);
  /* The data of the tensor at a position, which must be of this rank, and its
   * dims. NULL: an error. */
  const void *(*at)(dlc_frame *, const dlc_sequence *, int64_t at, int32_t rank,
                    int64_t *dims);
  /* Makes it the value of output `index`. */
  int (*give)(dlc_frame *, int32_t index, const dlc_sequence *);
} dlc_services;

/* One run, as compiled code sees it. The run time has checked the inputs
 * against the declaration (type, rank, fixed dims, symbols that agree) and has
 * made them row-major and dense. Inputs and outputs have their element's
 * alignment and no more; the arena, scratch and alloc'ed memory have 64. */
struct dlc_frame {
  const dlc_services *services;
  const void *const *inputs; /* data of each input, or its dlc_sequence */
  const int64_t *const *input_dims; /* dims of each input */
  const unsigned char *weights;
  void *scratch; /* of the calling thread */
};

/* One version of the machine code, for one kind of processor. */
typedef struct dlc_code {
  const char *cpu;      /* what was compiled for, e.g. "x86-64-v4" */
  const char *features; /* what the processor must have: "avx2,fma,..." */
  int (*run)(dlc_frame *);
  int64_t arena_size;   /* bytes; -1: depends on symbolic dims */
  int64_t scratch_size; /* bytes a thread */
} dlc_code;

typedef struct dlc_model {
  int32_t abi_version; /* DLC_ABI_VERSION */
  int32_t num_inputs;
  int32_t num_outputs;
  int32_t num_symbols;
  int32_t num_codes;
  int32_t flags;
  const char *name;
  const char *target;   /* the LLVM triple */
  const char *compiler; /* name and version */
  const char *sha256;   /* of the source model's file, in hex */
  const dlc_value_info *inputs;
  const dlc_value_info *outputs;
  const char *const *symbols;   /* names of the symbolic dims */
  const dlc_code *codes;        /* the best first */
  const unsigned char *weights; /* NULL: in weights_file */
  int64_t weights_size;
  const char *weights_file; /* beside the program; NULL: embedded */
} dlc_model;

/*===----------------------------------------------------------------------===*
 * For users
 *===----------------------------------------------------------------------===*/

typedef struct dlc_context dlc_context;

/* A thread pool of the caller's: calls body(data, i, thread) for every i of
 * [0, count), thread in [0, threads), and returns when all are done. */
typedef struct dlc_pool {
  void *self;
  int32_t threads;
  void (*run)(void *self, int64_t count,
              void (*body)(void *data, int64_t index, int32_t thread),
              void *data);
} dlc_pool;

/* How a context is made; a zeroed one is the default. */
typedef struct dlc_options {
  int32_t threads;      /* 0: one for each core the process may use */
  const dlc_pool *pool; /* NULL: the context's own threads */
  void *(*allocate)(void *self, size_t size, size_t alignment);
  void (*release)(void *self, void *memory, size_t size);
  void *allocator;          /* `self` of the two */
  const char *weights_file; /* overrides the model's */
} dlc_options;

dlc_status dlc_context_create(const dlc_model *model,
                              const dlc_options *options,
                              dlc_context **context);
void dlc_context_destroy(dlc_context *context);

/* Runs the model on num_inputs inputs and fills num_outputs outputs, in the
 * order of its declaration. An output with data is written there and its
 * shape must fit; one without gets memory and shape from the context. Outputs
 * may not overlap inputs. After an error, `outputs` is as it was. */
dlc_status dlc_run(dlc_context *context, const dlc_tensor *inputs,
                   dlc_tensor *outputs);

/* What went wrong in the last call on this context; "" when nothing did. With
 * a NULL context: in this thread's last dlc_context_create. */
const char *dlc_last_error(const dlc_context *context);

/* The version of the code that a context runs, and on how many threads. */
const dlc_code *dlc_context_code(const dlc_context *context);
int32_t dlc_context_threads(const dlc_context *context);

/* Called after each launch of a run, on the thread of dlc_run; times are
 * CLOCK_MONOTONIC's nanoseconds. */
typedef struct dlc_event {
  const dlc_site *site; /* NULL: not known */
  int64_t begin, end;
  int64_t count;   /* units of work */
  int32_t threads; /* that took part */
} dlc_event;
void dlc_set_trace(dlc_context *context,
                   void (*trace)(void *self, const dlc_event *event),
                   void *self);

/* Bytes of an element, of a string those of a dlc_string; 0 for sequences and
 * unknown types. */
size_t dlc_dtype_size(int32_t dtype);
/* numpy's name of the type, e.g. "float32". */
const char *dlc_dtype_name(int32_t dtype);

/* The program's main function: the command line of docs/executable.md. */
int dlc_main(int argc, char **argv, const dlc_model *model);

#ifdef __cplusplus
}
#endif

#endif /* DLC_RUNTIME_H */
