// SPDX-License-Identifier: Apache-2.0
// What generated code calls: products of small matrices of known sizes, and a few functions.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#define LANES 16
#define ROWS 6
#define COLUMNS 4
#elif defined(__AVX2__)
#define LANES 8
#define ROWS 4
#define COLUMNS 2
#else
#define LANES 4
#define ROWS 4
#define COLUMNS 4
#endif
#define INLINE static inline __attribute__((always_inline))

typedef float Vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

template <int COUNT> INLINE Vector load(const float *from) {
  if constexpr (COUNT == LANES) return *(const Vector *)from;
#if defined(__AVX512F__)
  return (Vector)_mm512_maskz_loadu_ps((1 << COUNT) - 1, from);
#else
  Vector v = {};
  for (int i = 0; i < COUNT; ++i) v[i] = from[i];
  return v;
#endif
}

template <int COUNT> INLINE void store(float *to, Vector v) {
  if constexpr (COUNT == LANES) { *(Vector *)to = v; return; }
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, (1 << COUNT) - 1, (__m512)v);
#else
  for (int i = 0; i < COUNT; ++i) to[i] = v[i];
#endif
}

// c (R, (V - 1) * LANES + TAIL) = a (R, K) b (K, ...), all rows in registers.
template <int R, int V, int TAIL, int K>
INLINE void tile(const float *a, ptrdiff_t row, ptrdiff_t column, const float *b, ptrdiff_t next, float *c, ptrdiff_t out) {
  Vector sum[R][V] = {};
#pragma GCC unroll 2
  for (int k = 0; k < K; ++k) {
    Vector right[V];
#pragma GCC unroll 8
    for (int v = 0; v + 1 < V; ++v) right[v] = load<LANES>(b + k * next + v * LANES);
    right[V - 1] = load<TAIL>(b + k * next + (V - 1) * LANES);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      float left = a[r * row + k * column];
#pragma GCC unroll 8
      for (int v = 0; v < V; ++v) sum[r][v] += left * right[v];
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v + 1 < V; ++v) store<LANES>(c + r * out + v * LANES, sum[r][v]);
    store<TAIL>(c + r * out + (V - 1) * LANES, sum[r][V - 1]);
  }
}

template <int M, int V, int TAIL, int K>
INLINE void rows(const float *a, ptrdiff_t row, ptrdiff_t column, const float *b, ptrdiff_t next, float *c, ptrdiff_t out) {
  constexpr int BLOCKS = (M + ROWS - 1) / ROWS, R = (M + BLOCKS - 1) / BLOCKS, FULL = M / R, REST = M % R;
  for (int i = 0; i < FULL; ++i)
    tile<R, V, TAIL, K>(a + i * R * row, row, column, b, next, c + i * R * out, out);
  if constexpr (REST > 0)
    tile<REST, V, TAIL, K>(a + FULL * R * row, row, column, b, next, c + FULL * R * out, out);
}

// c (M, N), rows out apart, = a (M, K) b (K, N), rows next apart.
template <int M, int N, int K>
static __attribute__((noinline)) void product(const float *a, ptrdiff_t row, ptrdiff_t column, const float *b, ptrdiff_t next, float *c, ptrdiff_t out) {
  constexpr int WIDE = COLUMNS * LANES, FULL = N / WIDE, REST = N % WIDE;
  constexpr int V = (REST + LANES - 1) / LANES, TAIL = REST - (V - 1) * LANES;
  for (int j = 0; j < FULL; ++j)
    rows<M, COLUMNS, LANES, K>(a, row, column, b + j * WIDE, next, c + j * WIDE, out);
  if constexpr (REST > 0)
    rows<M, V, TAIL, K>(a, row, column, b + FULL * WIDE, next, c + FULL * WIDE, out);
}

INLINE float square(float x) { return x * x; }
INLINE float least(float a, float b) { return a < b ? a : b; }
INLINE float most(float a, float b) { return a > b ? a : b; }

// x - n c, of which no sum is taken in another order where the processor can do it at once.
INLINE float less(float x, float n, float c) {
#ifdef __FP_FAST_FMAF
  return __builtin_fmaf(-n, c, x);
#else
  return x - n * c;
#endif
}

// To 5e-7 of what they are or, where that is less, of 1 (to 5e-6 on a processor that cannot multiply
// and add at once); without branches, so that loops of them run in vectors. The polynomials: of the Cephes library (S. Moshier) for the exponential, fitted
// by least squares for the sine, Abramowitz and Stegun 7.1.26 for the error function.
INLINE float exponential(float x) {
  x = least(most(x, -87.f), 88.f);
  float n = rintf(x * 1.44269504f);
  float r = less(less(x, n, 0.693359375f), n, -2.12194440e-4f);
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  int32_t bits = ((int32_t)n + 127) * (1 << 23);
  float scale;
  memcpy(&scale, &bits, 4);
  return p * scale;
}

// (-1)^turns sin(x - n pi); n pi in three parts, of few digits each.
INLINE float sine_about(float x, float n, float turns) {
  float r = less(less(less(x, n, 3.140625f), n, 9.67502593994140625e-4f), n, 1.50995799e-7f);
  float z = r * r;
  float p = -2.38455153e-8f;
  p = p * z + 2.75225504e-6f;
  p = p * z - 1.98408027e-4f;
  p = p * z + 8.33333048e-3f;
  p = p * z - 1.66666666e-1f;
  p = p * z * r + r;
  return (int32_t)turns & 1 ? -p : p;
}

INLINE float sine(float x) {
  float turns = rintf(x * 0.318309886f);
  return sine_about(x, turns, turns);
}

INLINE float cosine(float x) {
  float turns = rintf(x * 0.318309886f - 0.5f);
  return -sine_about(x, turns + 0.5f, turns);
}

INLINE float sigmoid(float x) { return 1.f / (1.f + exponential(-x)); }
INLINE float hyperbolic_tangent(float x) { return 1.f - 2.f / (1.f + exponential(2.f * x)); }

INLINE float error_function(float x) {
  float a = fabsf(x), t = 1.f / (1.f + 0.3275911f * a);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  float y = 1.f - p * t * exponential(-a * a);
  return x < 0.f ? -y : y;
}

template <int N>
INLINE void layer_norm(const float *x, const float *scale, const float *shift, float epsilon,
                       float *y) {
  float mean = 0.f, variance = 0.f;
  for (int i = 0; i < N; ++i) mean += x[i];
  mean /= N;
  for (int i = 0; i < N; ++i) variance += square(x[i] - mean);
  float rate = 1.f / sqrtf(variance / N + epsilon);
  for (int i = 0; i < N; ++i) y[i] = (x[i] - mean) * rate * scale[i] + shift[i];
}

template <int N> INLINE void softmax(const float *x, float *y) {
  float top = x[0], sum = 0.f;
  for (int i = 1; i < N; ++i) top = most(top, x[i]);
  for (int i = 0; i < N; ++i) sum += y[i] = exponential(x[i] - top);
  for (int i = 0; i < N; ++i) y[i] /= sum;
}
