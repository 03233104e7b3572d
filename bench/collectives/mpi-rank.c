/* The measures of measures.ts on an MPI library. Arguments: milliseconds a sample, warm-ups, samples, and "operation
 * count" of each measure. Prints the median in microseconds a call, one line a measure. */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { BARRIER, ALLREDUCE, ALLGATHERV, USE } operation_t;
static const char *const names[] = {"barrier", "allreduce", "allgatherv", "use"};

/* Doubles in a cache line. */
static const int stride = 8;

static int rank, size;
static operation_t operation;
static int count, *counts, *displs;
static double *send, *recv;

/* Kept, so that the compiler cannot leave the reading out. */
static volatile double total;

static void fill(void) {
  for (int i = 0; i < count; i++) send[i] = rank + 1;
}

static void read_all(void) {
  double sum = 0;
  for (int i = 0; i < count * size; i += stride) sum += recv[i];
  total += sum;
}

static void allgatherv(void) {
  MPI_Allgatherv(send, count, MPI_DOUBLE, recv, counts, displs, MPI_DOUBLE, MPI_COMM_WORLD);
}

static void call(void) {
  switch (operation) {
    case BARRIER: MPI_Barrier(MPI_COMM_WORLD); break;
    case ALLREDUCE: MPI_Allreduce(send, recv, count, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD); break;
    case ALLGATHERV: allgatherv(); break;
    case USE:
      fill();
      allgatherv();
      read_all();
      break;
  }
}

/* How long `calls` calls take [ms]. */
static double sample(long calls) {
  MPI_Barrier(MPI_COMM_WORLD);
  double start = MPI_Wtime();
  for (long i = 0; i < calls; i++) call();
  return (MPI_Wtime() - start) * 1e3;
}

/* As sample-calls.ts. */
static long next_calls(long calls, double elapsed_ms, double sample_ms) {
  if (elapsed_ms >= 0.5 * sample_ms) return calls;
  return (long)ceil((double)calls * fmin(8, 1.1 * sample_ms / elapsed_ms));
}

static long calls_per_sample(double sample_ms) {
  for (long calls = 1;;) {
    long next = next_calls(calls, sample(calls), sample_ms);
    MPI_Bcast(&next, 1, MPI_LONG, 0, MPI_COMM_WORLD);
    if (next == calls) return calls;
    calls = next;
  }
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values, int n) {
  qsort(values, (size_t)n, sizeof(double), ascending);
  return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

int main(int argc, char **argv) {
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  double sample_ms = atof(argv[1]);
  int warm_ups = atoi(argv[2]), samples = atoi(argv[3]);
  double *times = malloc(sizeof(double) * (size_t)samples);
  counts = malloc(sizeof(int) * (size_t)size);
  displs = malloc(sizeof(int) * (size_t)size);
  for (int a = 4; a + 1 < argc; a += 2) {
    operation = BARRIER;
    while (strcmp(names[operation], argv[a]) != 0) operation++;
    count = atoi(argv[a + 1]);
    send = malloc(sizeof(double) * (size_t)(count + 1));
    recv = malloc(sizeof(double) * ((size_t)count * (size_t)size + 1));
    fill();
    for (int r = 0; r < size; r++) {
      counts[r] = count;
      displs[r] = r * count;
    }
    long calls = calls_per_sample(sample_ms);
    for (int i = 0; i < warm_ups; i++) sample(calls);
    for (int i = 0; i < samples; i++) times[i] = sample(calls) * 1e3 / (double)calls;
    if (rank == 0) printf("%.6f\n", median(times, samples));
    free(send);
    free(recv);
  }
  free(times);
  free(counts);
  free(displs);
  MPI_Finalize();
  return 0;
}
