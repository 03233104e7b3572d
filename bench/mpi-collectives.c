/* The measures of bench/collectives-measures.ts on an MPI library. Arguments: "operation count calls samples" per
 * measure. Prints the median in microseconds a call, one line a measure. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  MPI_Init(&argc, &argv);
  int rank, size;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  for (int a = 1; a + 3 < argc; a += 4) {
    const char *operation = argv[a];
    int count = atoi(argv[a + 1]), calls = atoi(argv[a + 2]), samples = atoi(argv[a + 3]);
    double *send = malloc(sizeof(double) * (size_t)(count + 1));
    double *recv = malloc(sizeof(double) * ((size_t)count * (size_t)size + 1));
    int *counts = malloc(sizeof(int) * (size_t)size), *displs = malloc(sizeof(int) * (size_t)size);
    double *times = malloc(sizeof(double) * (size_t)(samples + 1));
    for (int i = 0; i < count; i++) send[i] = rank + 1;
    for (int r = 0; r < size; r++) {
      counts[r] = count;
      displs[r] = r * count;
    }
    for (int sample = 0; sample <= samples; sample++) {
      MPI_Barrier(MPI_COMM_WORLD);
      double start = MPI_Wtime();
      for (int i = 0; i < calls; i++) {
        if (strcmp(operation, "barrier") == 0) {
          MPI_Barrier(MPI_COMM_WORLD);
        } else if (strcmp(operation, "allreduce") == 0) {
          MPI_Allreduce(send, recv, count, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
        } else {
          MPI_Allgatherv(send, count, MPI_DOUBLE, recv, counts, displs, MPI_DOUBLE, MPI_COMM_WORLD);
        }
      }
      times[sample] = (MPI_Wtime() - start) * 1e6 / calls;
    }
    /* The first sample warms up. */
    qsort(times + 1, (size_t)samples, sizeof(double), ascending);
    if (rank == 0) printf("%.6f\n", times[1 + samples / 2]);
    free(send);
    free(recv);
    free(counts);
    free(displs);
    free(times);
  }
  MPI_Finalize();
  return 0;
}
