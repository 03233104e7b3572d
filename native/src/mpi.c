/*
 * The MPI calls that src/comm/mpi needs, as a Node-API module. It moves bytes and waits; what the bytes mean, and every
 * reduction, is decided in JavaScript, so that all backends share it.
 *
 * All functions run on the thread that called init (MPI_THREAD_FUNNELED). A function that can fail inside MPI returns
 * its error code as a number: MPI_SUCCESS, or an error code of the library, or TIMED_OUT.
 */
#include <dlfcn.h>
#include <limits.h>
#include <mpi.h>
#include <node_api.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Of our own, beside the library's codes, which are never negative. */
#define TIMED_OUT (-1)

/* A waiter first looks again and again, then lets others have its core, then sleeps between looks. */
#define SPINS 256
#define CROWDED_SPINS 16
#define YIELDING_SECONDS 0.05
#define NAP_NANOSECONDS 50000L
/* Who has waited this long already does not mind a longer sleep. */
#define PATIENT_SECONDS 2.0
#define LONG_NAP_NANOSECONDS 1000000L
/* How long a failing rank lets the others say what went wrong, before it ends them. */
#define LAST_WORDS_NANOSECONDS 300000000L

typedef struct Comm {
  MPI_Comm comm;
  int rank, size;
  /* More ranks on this node than cores: whoever waits must let the others run. */
  bool crowded;
  size_t lineBytes;
  /* This rank's line, then one line of every rank. */
  char *lines;
  MPI_Request request;
  /* Scratch of the calls with counts: 4 * size entries. */
  int *extents;
} Comm;

typedef enum { AT_EXIT_FINALIZE, AT_EXIT_ABORT } AtExit;

static struct {
  bool initialized;
  AtExit atExit;
  int exitCode;
  /* Most elements in one call: an int counts them (MPI 3.1). */
  int countLimit;
} process = {false, AT_EXIT_FINALIZE, 0, INT_MAX};

/* ---- Arguments and results ------------------------------------------------------------------------------------- */

#define MOST_ARGUMENTS 6

static bool arguments(napi_env env, napi_callback_info info, size_t expected, napi_value *values) {
  size_t count = MOST_ARGUMENTS;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (count >= expected) return true;
  napi_throw_type_error(env, NULL, "too few arguments");
  return false;
}

static Comm *commOf(napi_env env, napi_value value) {
  void *comm = NULL;
  if (napi_get_value_external(env, value, &comm) != napi_ok || comm == NULL) {
    napi_throw_type_error(env, NULL, "not a communicator");
    return NULL;
  }
  return comm;
}

static double numberOf(napi_env env, napi_value value) {
  double number = 0;
  napi_get_value_double(env, value, &number);
  return number;
}

static napi_value number(napi_env env, double value) {
  napi_value result = NULL;
  napi_create_double(env, value, &result);
  return result;
}

/* The lengths that MPI returns count the final NUL in some libraries and not in others. */
static napi_value text(napi_env env, const char *string) {
  napi_value result = NULL;
  napi_create_string_utf8(env, string, NAPI_AUTO_LENGTH, &result);
  return result;
}

typedef struct {
  char *data;
  size_t length;
  size_t width;
} Elements;

static bool elementsOf(napi_env env, napi_value value, Elements *elements) {
  napi_typedarray_type type;
  void *data = NULL;
  if (napi_get_typedarray_info(env, value, &type, &elements->length, &data, NULL, NULL) != napi_ok) {
    napi_throw_type_error(env, NULL, "not a typed array");
    return false;
  }
  elements->data = data;
  switch (type) {
    case napi_int8_array:
    case napi_uint8_array:
    case napi_uint8_clamped_array:
      elements->width = 1;
      break;
    case napi_int16_array:
    case napi_uint16_array:
      elements->width = 2;
      break;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array:
      elements->width = 4;
      break;
    default:
      elements->width = 8;
  }
  return true;
}

/* Bits only: no byte order is changed and no value looked at. */
static MPI_Datatype typeOf(size_t width) {
  switch (width) {
    case 1:
      return MPI_BYTE;
    case 2:
      return MPI_UINT16_T;
    case 4:
      return MPI_UINT32_T;
    default:
      return MPI_UINT64_T;
  }
}

/* ---- Start and end of the process ------------------------------------------------------------------------------- */

static void nap(long nanoseconds) {
  struct timespec pause = {nanoseconds / 1000000000L, nanoseconds % 1000000000L};
  nanosleep(&pause, NULL);
}

/*
 * Registered with atexit, so it runs after Node has printed the error that ends the process: MPI_Abort may end this
 * process at once.
 */
static void endOfProcess(void) {
  int finalized = 0;
  MPI_Finalized(&finalized);
  if (finalized) return;
  if (process.atExit == AT_EXIT_ABORT) {
    nap(LAST_WORDS_NANOSECONDS);
    MPI_Abort(MPI_COMM_WORLD, process.exitCode);
    return;
  }
  /* MPI_Finalize may spin until all ranks come. A rank may come late, so wait for them without burning a core. */
  MPI_Request request;
  if (MPI_Ibarrier(MPI_COMM_WORLD, &request) == MPI_SUCCESS) {
    int done = 0;
    while (MPI_Test(&request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && !done) nap(LONG_NAP_NANOSECONDS);
  }
  MPI_Finalize();
}

/* Open MPI loads plugins that look up symbols of libmpi, and Node loads modules with their symbols hidden. */
static void showSymbols(void) {
#ifdef OPEN_MPI
  Dl_info library;
  if (dladdr((void *)(uintptr_t)&MPI_Init_thread, &library) != 0 && library.dli_fname != NULL) {
    dlopen(library.dli_fname, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD);
  }
#endif
}

/* init(countLimit): error code. Further calls only set the limit. */
static napi_value init(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 1, args)) return NULL;
  double limit = numberOf(env, args[0]);
  process.countLimit = limit >= 1 && limit < INT_MAX ? (int)limit : INT_MAX;
  if (process.initialized) return number(env, MPI_SUCCESS);
  showSymbols();
  int initialized = 0, provided = MPI_THREAD_SINGLE, code = MPI_SUCCESS;
  MPI_Initialized(&initialized);
  if (!initialized) code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  if (code != MPI_SUCCESS) return number(env, code);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
  process.initialized = true;
  atexit(endOfProcess);
  return number(env, MPI_SUCCESS);
}

/* atExit(abort, exitCode): what to do when the process has nothing left to say. */
static napi_value atExit(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 2, args)) return NULL;
  bool abort = false;
  napi_get_value_bool(env, args[0], &abort);
  process.atExit = abort ? AT_EXIT_ABORT : AT_EXIT_FINALIZE;
  process.exitCode = (int)numberOf(env, args[1]);
  return NULL;
}

static napi_value libraryVersion(napi_env env, napi_callback_info info) {
  (void)info;
  char version[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  MPI_Get_library_version(version, &length);
  return text(env, version);
}

static napi_value standardVersion(napi_env env, napi_callback_info info) {
  (void)info;
  int version = 0, subversion = 0;
  MPI_Get_version(&version, &subversion);
  napi_value result = NULL;
  napi_create_array_with_length(env, 2, &result);
  napi_set_element(env, result, 0, number(env, version));
  napi_set_element(env, result, 1, number(env, subversion));
  return result;
}

static napi_value errorString(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 1, args)) return NULL;
  char message[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  if (MPI_Error_string((int)numberOf(env, args[0]), message, &length) != MPI_SUCCESS) message[0] = '\0';
  return text(env, message);
}

/* ---- Communicators ---------------------------------------------------------------------------------------------- */

static void collectLines(napi_env env, void *data, void *hint) {
  (void)env;
  (void)data;
  Comm *comm = hint;
  /* A request that nobody waited for to the end still writes into the lines. */
  if (comm->request == MPI_REQUEST_NULL) free(comm->lines);
  free(comm->extents);
  free(comm);
}

/* { handle, rank, size, lines } of a communicator that is ours from now on, or an error code. */
static napi_value wrap(napi_env env, MPI_Comm mpiComm, size_t lineBytes, bool crowded) {
  Comm *comm = calloc(1, sizeof *comm);
  if (comm == NULL) return number(env, MPI_ERR_NO_MEM);
  comm->comm = mpiComm;
  comm->request = MPI_REQUEST_NULL;
  comm->lineBytes = lineBytes;
  comm->crowded = crowded;
  MPI_Comm_set_errhandler(mpiComm, MPI_ERRORS_RETURN);
  MPI_Comm_rank(mpiComm, &comm->rank);
  MPI_Comm_size(mpiComm, &comm->size);
  size_t bytes = lineBytes * ((size_t)comm->size + 1);
  comm->lines = calloc(1, bytes);
  comm->extents = calloc((size_t)comm->size * 4, sizeof *comm->extents);
  if (comm->lines == NULL || comm->extents == NULL) {
    free(comm->lines);
    free(comm->extents);
    free(comm);
    return number(env, MPI_ERR_NO_MEM);
  }
  napi_value result = NULL, handle = NULL, lines = NULL;
  napi_create_object(env, &result);
  napi_create_external(env, comm, NULL, NULL, &handle);
  /* JavaScript keeps the lines as long as the handle, so their collection is the end of both. */
  napi_create_external_arraybuffer(env, comm->lines, bytes, collectLines, comm, &lines);
  napi_set_named_property(env, result, "handle", handle);
  napi_set_named_property(env, result, "rank", number(env, comm->rank));
  napi_set_named_property(env, result, "size", number(env, comm->size));
  napi_set_named_property(env, result, "lines", lines);
  return result;
}

/* world(lineBytes): a communicator of all ranks whose messages meet no one else's. */
static napi_value world(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 1, args)) return NULL;
  MPI_Comm comm, node;
  int rank = 0, nodeSize = 1;
  int code = MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  if (code != MPI_SUCCESS) return number(env, code);
  MPI_Comm_rank(comm, &rank);
  code = MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &node);
  if (code != MPI_SUCCESS) return number(env, code);
  MPI_Comm_size(node, &nodeSize);
  MPI_Comm_free(&node);
  /* All cores rather than those this process may use: launchers bind each rank to a core of its own. */
  return wrap(env, comm, (size_t)numberOf(env, args[0]), nodeSize > sysconf(_SC_NPROCESSORS_ONLN));
}

/* split(comm): the ranks of this node (MPI_COMM_TYPE_SHARED), in the order they have now. */
static napi_value split(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 1, args)) return NULL;
  Comm *parent = commOf(env, args[0]);
  if (parent == NULL) return NULL;
  MPI_Comm comm;
  int code = MPI_Comm_split_type(parent->comm, MPI_COMM_TYPE_SHARED, parent->rank, MPI_INFO_NULL, &comm);
  return code == MPI_SUCCESS ? wrap(env, comm, parent->lineBytes, parent->crowded) : number(env, code);
}

static napi_value freeComm(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 1, args)) return NULL;
  Comm *comm = commOf(env, args[0]);
  return comm == NULL ? NULL : number(env, MPI_Comm_free(&comm->comm));
}

/* ---- Collectives ------------------------------------------------------------------------------------------------ */

/* post(comm): begins to gather every rank's line on every rank. */
static int beginLines(Comm *comm) {
  return MPI_Iallgather(comm->lines, (int)comm->lineBytes, MPI_BYTE, comm->lines + comm->lineBytes,
                        (int)comm->lineBytes, MPI_BYTE, comm->comm, &comm->request);
}

/* Waits for the lines: nonblocking underneath, because a blocking call could not give up. */
static int awaitLines(Comm *comm, double timeoutSeconds) {
  int done = 0, code = MPI_SUCCESS;
  for (int spin = 0; spin < SPINS && !done && code == MPI_SUCCESS; spin++) {
    code = MPI_Test(&comm->request, &done, MPI_STATUS_IGNORE);
  }
  if (done || code != MPI_SUCCESS) return code;
  double start = MPI_Wtime();
  while (!done && code == MPI_SUCCESS) {
    double waited = MPI_Wtime() - start;
    if (waited > timeoutSeconds) return TIMED_OUT;
    if (waited < YIELDING_SECONDS) {
      sched_yield();
    } else {
      nap(waited < PATIENT_SECONDS ? NAP_NANOSECONDS : LONG_NAP_NANOSECONDS);
    }
    code = MPI_Test(&comm->request, &done, MPI_STATUS_IGNORE);
  }
  return code;
}

static napi_value postLines(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 1, args)) return NULL;
  Comm *comm = commOf(env, args[0]);
  return comm == NULL ? NULL : number(env, beginLines(comm));
}

static napi_value waitLines(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 2, args)) return NULL;
  Comm *comm = commOf(env, args[0]);
  return comm == NULL ? NULL : number(env, awaitLines(comm, numberOf(env, args[1])));
}

/* exchangeLines(comm, timeoutSeconds): both at once, for the hot path. */
static napi_value exchangeLines(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 2, args)) return NULL;
  Comm *comm = commOf(env, args[0]);
  if (comm == NULL) return NULL;
  int code = beginLines(comm);
  return number(env, code == MPI_SUCCESS ? awaitLines(comm, numberOf(env, args[1])) : code);
}

/*
 * Waits for a call whose participants are all known to be in it. A blocking call of the library would do, and does where
 * each rank has a core; where ranks share cores, some libraries spin in it until the system takes the core away.
 */
static int settle(int code, MPI_Request *request) {
  int done = 0;
  if (code != MPI_SUCCESS) return code;
  for (int spin = 0; !done && code == MPI_SUCCESS; spin++) {
    code = MPI_Test(request, &done, MPI_STATUS_IGNORE);
    if (!done && spin >= CROWDED_SPINS) sched_yield();
  }
  return code;
}

static int broadcastPieces(Comm *comm, char *data, size_t length, size_t width, int root) {
  int code = MPI_SUCCESS;
  size_t done = 0, limit = (size_t)process.countLimit;
  do {
    size_t part = length - done < limit ? length - done : limit;
    char *from = data + done * width;
    MPI_Request request;
    code = comm->crowded ? settle(MPI_Ibcast(from, (int)part, typeOf(width), root, comm->comm, &request), &request)
                         : MPI_Bcast(from, (int)part, typeOf(width), root, comm->comm);
    done += part;
  } while (done < length && code == MPI_SUCCESS);
  return code;
}

/* broadcast(comm, buf, root) */
static napi_value broadcast(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 3, args)) return NULL;
  Comm *comm = commOf(env, args[0]);
  Elements buf;
  if (comm == NULL || !elementsOf(env, args[1], &buf)) return NULL;
  return number(env, broadcastPieces(comm, buf.data, buf.length, buf.width, (int)numberOf(env, args[2])));
}

/* allgather(comm, send, recv): send of every rank, in rank order; all of one length within the limit. */
static napi_value allgather(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 3, args)) return NULL;
  Comm *comm = commOf(env, args[0]);
  Elements send, recv;
  if (comm == NULL || !elementsOf(env, args[1], &send) || !elementsOf(env, args[2], &recv)) return NULL;
  MPI_Datatype type = typeOf(send.width);
  int count = (int)send.length;
  MPI_Request request;
  return number(env, comm->crowded ? settle(MPI_Iallgather(send.data, count, type, recv.data, count, type, comm->comm,
                                                           &request),
                                            &request)
                                   : MPI_Allgather(send.data, count, type, recv.data, count, type, comm->comm));
}

/*
 * allgatherv(comm, send, recv, extents, inPieces): extents holds the counts of all ranks, then their displacements in
 * recv, as doubles. `inPieces` where they do not fit an int on some rank; all ranks must say the same.
 */
static napi_value allgatherv(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 5, args)) return NULL;
  Comm *comm = commOf(env, args[0]);
  Elements send, recv, extents;
  bool inPieces = false;
  if (comm == NULL || !elementsOf(env, args[1], &send) || !elementsOf(env, args[2], &recv) ||
      !elementsOf(env, args[3], &extents)) {
    return NULL;
  }
  napi_get_value_bool(env, args[4], &inPieces);
  const double *counts = (const double *)(void *)extents.data;
  const double *displs = counts + comm->size;
  size_t width = recv.width;
  /* In place from here on: what a rank sends may lie in what it receives into, which MPI forbids otherwise. */
  char *own = recv.data + (size_t)displs[comm->rank] * width;
  if (own != send.data && send.length > 0) memmove(own, send.data, send.length * width);
  if (inPieces) {
    int code = MPI_SUCCESS;
    for (int r = 0; r < comm->size && code == MPI_SUCCESS; r++) {
      code = broadcastPieces(comm, recv.data + (size_t)displs[r] * width, (size_t)counts[r], width, r);
    }
    return number(env, code);
  }
  int *intCounts = comm->extents, *intDispls = comm->extents + comm->size;
  for (int r = 0; r < comm->size; r++) {
    intCounts[r] = (int)counts[r];
    intDispls[r] = (int)displs[r];
  }
  MPI_Datatype type = typeOf(width);
  MPI_Request request;
  return number(env, comm->crowded ? settle(MPI_Iallgatherv(MPI_IN_PLACE, 0, type, recv.data, intCounts,
                                                            intDispls, type, comm->comm, &request),
                                            &request)
                                   : MPI_Allgatherv(MPI_IN_PLACE, 0, type, recv.data, intCounts,
                                                    intDispls, type, comm->comm));
}

/*
 * scatterSlices(comm, send, first, count, slice, recv): cuts send[first .. first + count) into slices, one a rank, the
 * last ones shorter, and sends each to its rank. Rank s's part of this rank's slice lands at recv[s * slice].
 */
static napi_value scatterSlices(napi_env env, napi_callback_info info) {
  napi_value args[MOST_ARGUMENTS];
  if (!arguments(env, info, 6, args)) return NULL;
  Comm *comm = commOf(env, args[0]);
  Elements send, recv;
  if (comm == NULL || !elementsOf(env, args[1], &send) || !elementsOf(env, args[5], &recv)) return NULL;
  size_t first = (size_t)numberOf(env, args[2]);
  int count = (int)numberOf(env, args[3]), slice = (int)numberOf(env, args[4]), size = comm->size;
  int *sendCounts = comm->extents, *sendDispls = sendCounts + size, *recvCounts = sendDispls + size,
      *recvDispls = recvCounts + size;
  for (int r = 0; r < size; r++) {
    int at = r * slice < count ? r * slice : count;
    sendDispls[r] = at;
    sendCounts[r] = count - at < slice ? count - at : slice;
    recvDispls[r] = r * slice;
  }
  for (int r = 0; r < size; r++) recvCounts[r] = sendCounts[comm->rank];
  MPI_Datatype type = typeOf(send.width);
  char *from = send.data + first * send.width;
  MPI_Request request;
  return number(env, comm->crowded ? settle(MPI_Ialltoallv(from, sendCounts, sendDispls, type, recv.data, recvCounts,
                                                           recvDispls, type, comm->comm, &request),
                                            &request)
                                   : MPI_Alltoallv(from, sendCounts, sendDispls, type, recv.data, recvCounts,
                                                   recvDispls, type, comm->comm));
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback function;
  } functions[] = {
      {"init", init},
      {"atExit", atExit},
      {"libraryVersion", libraryVersion},
      {"standardVersion", standardVersion},
      {"errorString", errorString},
      {"world", world},
      {"split", split},
      {"free", freeComm},
      {"postLines", postLines},
      {"waitLines", waitLines},
      {"exchangeLines", exchangeLines},
      {"broadcast", broadcast},
      {"allgather", allgather},
      {"allgatherv", allgatherv},
      {"scatterSlices", scatterSlices},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function = NULL;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function);
    napi_set_named_property(env, exports, functions[i].name, function);
  }
  napi_value timedOut = number(env, TIMED_OUT);
  napi_set_named_property(env, exports, "TIMED_OUT", timedOut);
  return exports;
}
