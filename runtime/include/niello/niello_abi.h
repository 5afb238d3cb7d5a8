/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the compiler, the generated code and the runtime know of each other.
 *
 * The compiler emits one constant `niello_model_desc`; generated code is
 * called through the entries it lists and calls back only through the table
 * at the start of its `niello_ctx`. So any runtime of the same ABI version can
 * run any artefact, and two artefacts can share a process.
 *
 * A struct grows at its end only. Structs reached by pointer start with their
 * own size; arrays of structs state it in `size` of the first element, which
 * is also the distance between two elements.
 */
#ifndef NIELLO_NIELLO_ABI_H
#define NIELLO_NIELLO_ABI_H

#include <stddef.h>
#include <stdint.h>

#define NIELLO_ABI_VERSION 1
#define NIELLO_MAX_RANK 16
#define NIELLO_ALIGNMENT 64

#ifdef __cplusplus
#define NIELLO_STATIC_ASSERT(what, text) static_assert(what, text)
extern "C" {
#else
#define NIELLO_STATIC_ASSERT(what, text) _Static_assert(what, text)
#endif

/** X(name in C, number, spelling, bytes an element, NumPy's type code).
 *
 * Types narrower than a byte take one byte an element outside of packed
 * weights. NumPy lacks bfloat16, float8 and everything below a byte, so files
 * carry their bits as unsigned integers. */
#define NIELLO_DTYPES(X)                                                       \
  X(FLOAT32, 1, "float32", 4, "f4")                                            \
  X(FLOAT64, 2, "float64", 8, "f8")                                            \
  X(FLOAT16, 3, "float16", 2, "f2")                                            \
  X(BFLOAT16, 4, "bfloat16", 2, "u2")                                          \
  X(INT8, 5, "int8", 1, "i1")                                                  \
  X(INT16, 6, "int16", 2, "i2")                                                \
  X(INT32, 7, "int32", 4, "i4")                                                \
  X(INT64, 8, "int64", 8, "i8")                                                \
  X(UINT8, 9, "uint8", 1, "u1")                                                \
  X(UINT16, 10, "uint16", 2, "u2")                                             \
  X(UINT32, 11, "uint32", 4, "u4")                                             \
  X(UINT64, 12, "uint64", 8, "u8")                                             \
  X(BOOL, 13, "bool", 1, "b1")                                                 \
  X(FLOAT8E4M3FN, 14, "float8e4m3fn", 1, "u1")                                 \
  X(FLOAT8E4M3FNUZ, 15, "float8e4m3fnuz", 1, "u1")                             \
  X(FLOAT8E5M2, 16, "float8e5m2", 1, "u1")                                     \
  X(FLOAT8E5M2FNUZ, 17, "float8e5m2fnuz", 1, "u1")                             \
  X(FLOAT8E8M0, 18, "float8e8m0", 1, "u1")                                     \
  X(INT4, 19, "int4", 1, "i1")                                                 \
  X(UINT4, 20, "uint4", 1, "u1")                                               \
  X(INT2, 21, "int2", 1, "i1")                                                 \
  X(UINT2, 22, "uint2", 1, "u1")                                               \
  X(FLOAT4E2M1, 23, "float4e2m1", 1, "u1")                                     \
  X(STRING, 24, "string", 0, "")                                               \
  X(COMPLEX64, 25, "complex64", 8, "c8")                                       \
  X(COMPLEX128, 26, "complex128", 16, "c16")

typedef enum niello_dtype {
#define NIELLO_DTYPE_ENUM(name, number, text, bytes, numpy)                    \
  NIELLO_##name = number,
  NIELLO_DTYPES(NIELLO_DTYPE_ENUM)
#undef NIELLO_DTYPE_ENUM
} niello_dtype;

typedef enum niello_status {
  NIELLO_OK = 0,
  /** An argument is missing, of no known kind, or its name is unknown. */
  NIELLO_BAD_ARGUMENT = 1,
  /** A tensor's dtype, rank or size is not what the model takes. */
  NIELLO_BAD_SHAPE = 2,
  NIELLO_NO_MEMORY = 3,
  /** This CPU lacks an instruction set that the artefact was compiled for. */
  NIELLO_WRONG_MACHINE = 4,
  /** A check in the compiled code: an index, a divisor, a shape. */
  NIELLO_FAILED_CHECK = 5,
  /** The artefact and this runtime follow different versions of the ABI. */
  NIELLO_WRONG_VERSION = 6,
  /** A file could not be read or written, or a thread not be started. */
  NIELLO_SYSTEM = 7,
} niello_status;

/** X(name in C, bit, LLVM's spelling, cpuid leaf, subleaf, register, its bit).
 *
 * Registers count from 0: eax, ebx, ecx, edx. */
#define NIELLO_CPU_FEATURES(X)                                                 \
  X(CX16, 0, "cx16", 1, 0, 2, 13)                                              \
  X(SAHF, 1, "sahf", 0x80000001, 0, 2, 0)                                      \
  X(POPCNT, 2, "popcnt", 1, 0, 2, 23)                                          \
  X(SSE3, 3, "sse3", 1, 0, 2, 0)                                               \
  X(SSSE3, 4, "ssse3", 1, 0, 2, 9)                                             \
  X(SSE41, 5, "sse4.1", 1, 0, 2, 19)                                           \
  X(SSE42, 6, "sse4.2", 1, 0, 2, 20)                                           \
  X(AVX, 7, "avx", 1, 0, 2, 28)                                                \
  X(AVX2, 8, "avx2", 7, 0, 1, 5)                                               \
  X(BMI, 9, "bmi", 7, 0, 1, 3)                                                 \
  X(BMI2, 10, "bmi2", 7, 0, 1, 8)                                              \
  X(F16C, 11, "f16c", 1, 0, 2, 29)                                             \
  X(FMA, 12, "fma", 1, 0, 2, 12)                                               \
  X(LZCNT, 13, "lzcnt", 0x80000001, 0, 2, 5)                                   \
  X(MOVBE, 14, "movbe", 1, 0, 2, 22)                                           \
  X(AVX512F, 15, "avx512f", 7, 0, 1, 16)                                       \
  X(AVX512BW, 16, "avx512bw", 7, 0, 1, 30)                                     \
  X(AVX512CD, 17, "avx512cd", 7, 0, 1, 28)                                     \
  X(AVX512DQ, 18, "avx512dq", 7, 0, 1, 17)                                     \
  X(AVX512VL, 19, "avx512vl", 7, 0, 1, 31)                                     \
  X(AVX512VNNI, 20, "avx512vnni", 7, 0, 2, 11)                                 \
  X(AVX512BF16, 21, "avx512bf16", 7, 1, 0, 5)                                  \
  X(AVX512FP16, 22, "avx512fp16", 7, 0, 3, 23)                                 \
  X(AVX512VBMI, 23, "avx512vbmi", 7, 0, 2, 1)                                  \
  X(AVX512VBMI2, 24, "avx512vbmi2", 7, 0, 2, 6)                                \
  X(AVX512IFMA, 25, "avx512ifma", 7, 0, 1, 21)                                 \
  X(AVX512BITALG, 26, "avx512bitalg", 7, 0, 2, 12)                             \
  X(AVX512VPOPCNTDQ, 27, "avx512vpopcntdq", 7, 0, 2, 14)                       \
  X(AVXVNNI, 28, "avxvnni", 7, 1, 0, 4)                                        \
  X(AVXVNNIINT8, 29, "avxvnniint8", 7, 1, 3, 4)                                \
  X(AVXIFMA, 30, "avxifma", 7, 1, 0, 23)                                       \
  X(AMXTILE, 31, "amx-tile", 7, 0, 3, 24)                                      \
  X(AMXINT8, 32, "amx-int8", 7, 0, 3, 25)                                      \
  X(AMXBF16, 33, "amx-bf16", 7, 0, 3, 22)                                      \
  X(GFNI, 34, "gfni", 7, 0, 2, 8)                                              \
  X(VAES, 35, "vaes", 7, 0, 2, 9)                                              \
  X(VPCLMULQDQ, 36, "vpclmulqdq", 7, 0, 2, 10)                                 \
  X(AES, 37, "aes", 1, 0, 2, 25)                                               \
  X(PCLMUL, 38, "pclmul", 1, 0, 2, 1)                                          \
  X(ADX, 39, "adx", 7, 0, 1, 19)                                               \
  X(XSAVE, 40, "xsave", 1, 0, 2, 26)

/** One dimension of an input or output. */
typedef struct niello_dim_desc {
  int64_t size;   /**< the constant, or -1 */
  int32_t symbol; /**< index into the model's symbols, or -1: unnamed */
  int32_t reserved;
} niello_dim_desc;

/** A named size. Dimensions with one symbol are equal in a call. */
typedef struct niello_symbol_desc {
  uint32_t size;
  uint32_t reserved;
  const char *name;
  int64_t min;
  int64_t max; /**< INT64_MAX: no bound */
} niello_symbol_desc;

typedef struct niello_tensor_desc {
  uint32_t size;
  uint16_t dtype; /**< niello_dtype */
  uint16_t rank;
  const char *name;            /**< as the model file spells it */
  const niello_dim_desc *dims; /**< `rank` of them */
} niello_tensor_desc;

/** A contiguous row-major tensor in a call of generated code. */
typedef struct niello_buffer {
  void *data;
  int64_t dims[NIELLO_MAX_RANK];
} niello_buffer;

typedef struct niello_ctx niello_ctx;

/** Generated code of one entry.
 *
 * Reads `inputs`, which keep their contents; sets `data` and `dims` of every
 * output. That data may lie in the arena, in an input or in the weights, and
 * is the runtime's to copy. */
typedef void (*niello_entry_code)(niello_ctx *ctx, const niello_buffer *inputs,
                                  niello_buffer *outputs);

typedef struct niello_entry_desc {
  uint32_t size;
  uint32_t num_inputs;
  uint32_t num_outputs;
  uint32_t reserved;
  const char *name;
  const niello_tensor_desc *inputs;
  const niello_tensor_desc *outputs;
  const niello_entry_code *code; /**< one a level of the model */
} niello_entry_desc;

/** A set of CPU features that code was compiled for, best level first. */
typedef struct niello_level_desc {
  uint32_t size;
  uint32_t reserved;
  const char *name;     /**< as `--target=` takes it */
  uint64_t features[2]; /**< bit i of NIELLO_CPU_FEATURES */
} niello_level_desc;

typedef struct niello_model_desc {
  uint32_t size;
  uint32_t abi_version;
  const char *name;     /**< of the model: its file's base name, no suffix */
  const char *source;   /**< base name of the model file */
  const char *hash;     /**< of the model file, in hexadecimal */
  const char *compiler; /**< name and version of the compiler */
  const niello_symbol_desc *symbols;
  const niello_level_desc *levels;
  const niello_entry_desc *entries;
  const unsigned char *weights;
  uint64_t weights_size;
  uint32_t num_symbols;
  uint32_t num_levels;
  uint32_t num_entries;
  uint32_t flags;
  const char *verification; /**< JSON report of `--verify`, or "" */
} niello_model_desc;

NIELLO_STATIC_ASSERT(sizeof(niello_dim_desc) == 16, "layout");
NIELLO_STATIC_ASSERT(sizeof(niello_symbol_desc) == 32, "layout");
NIELLO_STATIC_ASSERT(sizeof(niello_tensor_desc) == 24, "layout");
NIELLO_STATIC_ASSERT(sizeof(niello_buffer) == 136, "layout");
NIELLO_STATIC_ASSERT(sizeof(niello_entry_desc) == 48, "layout");
NIELLO_STATIC_ASSERT(sizeof(niello_level_desc) == 32, "layout");
NIELLO_STATIC_ASSERT(sizeof(niello_model_desc) == 104, "layout");

/** A range of tiles of a parallel loop. `ctx` is the worker's own: the body
 * passes it on and never uses the one outside of the loop. */
typedef void (*niello_parallel_body)(niello_ctx *ctx, void *env, int64_t begin,
                                     int64_t end);

/** What a runtime offers to generated code. */
typedef struct niello_rt_functions {
  uint32_t size;
  uint32_t abi_version;
  void *(*arena)(niello_ctx *ctx, uint64_t bytes);
  void *(*alloc)(niello_ctx *ctx, uint64_t bytes);
  void (*free)(niello_ctx *ctx, void *memory);
  void (*fail)(niello_ctx *ctx, int32_t code, const char *sentence, int64_t a,
               int64_t b);
  void (*parallel)(niello_ctx *ctx, int64_t count, niello_parallel_body body,
                   void *env);
} niello_rt_functions;

NIELLO_STATIC_ASSERT(sizeof(niello_rt_functions) == 48, "layout");

/** One call in one thread. The rest of it belongs to the runtime. */
struct niello_ctx {
  const niello_rt_functions *rt;
};

#define NIELLO_HIDDEN __attribute__((visibility("hidden")))

/** Functions that generated code calls; linked into every artefact. All but
 * `free` report a failure to the session and do not return then. */

/** The planned arena of this call, 64-byte aligned, contents undefined. */
NIELLO_HIDDEN void *niello_rt_arena(niello_ctx *ctx, uint64_t bytes);

/** Memory of a size known only now, 64-byte aligned, contents undefined; given
 * back at the end of the call at the latest. */
NIELLO_HIDDEN void *niello_rt_alloc(niello_ctx *ctx, uint64_t bytes);

/** Gives back memory of `niello_rt_alloc` before the call ends. */
NIELLO_HIDDEN void niello_rt_free(niello_ctx *ctx, void *memory);

/** Ends the call with a status of `niello_status`; {0} and {1} in the sentence
 * become `a` and `b`. `sentence` is a constant of the artefact. */
NIELLO_HIDDEN __attribute__((noreturn)) void
niello_rt_fail(niello_ctx *ctx, int32_t code, const char *sentence, int64_t a,
               int64_t b);

/** Runs the body over [0, count), in pieces and in any order, and returns when
 * all are done. Nested loops run in the calling thread. */
NIELLO_HIDDEN void niello_rt_parallel(niello_ctx *ctx, int64_t count,
                                      niello_parallel_body body, void *env);

/** Of the artefact itself. A shared library exports `niello_get_model`, which
 * returns the descriptor; static ones carry the model's name instead. */
NIELLO_HIDDEN extern const unsigned char niello_weights[];
NIELLO_HIDDEN extern const niello_model_desc niello_descriptor;

#ifdef __cplusplus
}
#endif

#endif
