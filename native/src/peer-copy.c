/*
 * Copies straight from the private memory of another rank: of another thread of this process (`offer`, `take`), or of
 * another process (`read`). Node-API only, so that one binary serves every version of Node; any thread may load it.
 *
 * Between threads. A buffer of a thread may be freed at any time by its own thread: by its garbage collector, or because the
 * thread is terminated in the middle of a collective. So a thread offers one array at a time, and others may read
 * only that, through its record below:
 *
 *   - A reader first counts itself in, then looks whether the offer still stands, copies, and counts itself out.
 *   - The owner first withdraws the offer, then waits until no reader is counted in. It does so before it may let go of
 *     the array: in `withdraw`, and, if it is terminated before it comes to that, in the hook that Node runs before it
 *     tears down the thread's memory. Until then a strong reference keeps the array from being collected.
 *
 * Both orders are sequentially consistent: either the reader sees that the offer is withdrawn, or the owner sees the reader.
 */
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define MODULE "peer-copy"
#include "addon.h"

#if defined(__linux__)
#include <sys/uio.h>
#endif

/* Threads that may offer at the same time; those beyond do without. */
#define MOST_THREADS 1024
#define NO_TICKET 0
/* Two cache lines, since prefetchers fetch lines in pairs. */
#define RECORD_ALIGNMENT 128

/* What one thread offers. Never freed: a reader may come to it at any time. */
typedef struct {
  _Alignas(RECORD_ALIGNMENT) atomic_bool owned;
  atomic_uint readers;
  /* Of the offer that stands, or NO_TICKET. Tickets are never used again, also not by the record's next owner. */
  atomic_uint_least64_t ticket;
  uint_least64_t last_ticket;
  /* Valid for a reader that is counted in and has seen its ticket. */
  const char *address;
  size_t bytes;
} record;

static record records[MOST_THREADS];

/* One a thread. */
typedef struct {
  record *own;
  /* An array of one element: what is offered. */
  napi_ref holder;
} instance;

static record *acquire_record(void) {
  for (size_t i = 0; i < MOST_THREADS; i++) {
    bool expected = false;
    if (atomic_compare_exchange_strong(&records[i].owned, &expected, true)) return &records[i];
  }
  return NULL;
}

static void end_offer(record *own) {
  atomic_store(&own->ticket, NO_TICKET);
  while (atomic_load(&own->readers) != 0) sched_yield();
}

/* Runs before the thread's buffers are freed, and before the reference to what is offered is. */
static void before_teardown(void *data) {
  instance *self = data;
  end_offer(self->own);
  atomic_store(&self->own->owned, false);
}

static void free_instance(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  free(data);
}

static size_t width_of(napi_typedarray_type type) {
  switch (type) {
    case napi_int16_array:
    case napi_uint16_array:
      return 2;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array:
      return 4;
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array:
      return 8;
    default:
      return 1;
  }
}

static bool memory_of(napi_env env, napi_value array, char **address, size_t *bytes) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_get_typedarray_info(env, array, &type, &length, &data, NULL, NULL) != napi_ok) return false;
  *address = data;
  *bytes = length * width_of(type);
  return true;
}

/* Where `bytes` from byte `at` on lie in the array; NULL, with an exception pending, when it does not have them. */
static char *part_of(napi_env env, napi_value array, napi_value at, napi_value bytes, size_t *count) {
  char *address;
  size_t length;
  int64_t first, wanted;
  if (!memory_of(env, array, &address, &length)) CHECK(napi_invalid_arg);
  CHECK(napi_get_value_int64(env, at, &first));
  CHECK(napi_get_value_int64(env, bytes, &wanted));
  if (first < 0 || wanted < 0 || (uint64_t)first > length || (uint64_t)wanted > length - (uint64_t)first ||
      address == NULL) {
    napi_throw_range_error(env, NULL, "peer-copy: the array is too short");
    return NULL;
  }
  *count = (size_t)wanted;
  return address + first;
}

static instance *instance_of(napi_env env) {
  void *self = NULL;
  CHECK(napi_get_instance_data(env, &self));
  return self;
}

/* offer(array): the ticket under which others may copy from it. It must not be detached while the offer stands. */
static napi_value offer(napi_env env, napi_callback_info info) {
  napi_value holder, result;
  char *address;
  size_t bytes;
  ARGUMENTS(1)
  instance *self = instance_of(env);
  if (self == NULL) return NULL;
  if (!memory_of(env, arguments[0], &address, &bytes)) CHECK(napi_invalid_arg);
  end_offer(self->own);
  CHECK(napi_get_reference_value(env, self->holder, &holder));
  CHECK(napi_set_element(env, holder, 0, arguments[0]));
  self->own->address = address;
  self->own->bytes = bytes;
  uint_least64_t ticket = ++self->own->last_ticket;
  CHECK(napi_create_double(env, (double)ticket, &result));
  atomic_store(&self->own->ticket, ticket);
  return result;
}

/* withdraw(): nobody copies from what was offered any more. Waits for those who do just now. */
static napi_value withdraw(napi_env env, napi_callback_info info) {
  napi_value holder, nothing;
  (void)info;
  instance *self = instance_of(env);
  if (self == NULL) return NULL;
  end_offer(self->own);
  CHECK(napi_get_reference_value(env, self->holder, &holder));
  CHECK(napi_get_undefined(env, &nothing));
  CHECK(napi_set_element(env, holder, 0, nothing));
  return NULL;
}

/*
 * take(index, ticket, target, at, bytes): copies what the thread of that index offers to target, from its byte `at` on.
 * False when the offer does not stand, or is shorter.
 */
static napi_value take(napi_env env, napi_callback_info info) {
  uint32_t index;
  int64_t ticket;
  size_t bytes;
  napi_value result;
  ARGUMENTS(5)
  CHECK(napi_get_value_uint32(env, arguments[0], &index));
  CHECK(napi_get_value_int64(env, arguments[1], &ticket));
  char *target = part_of(env, arguments[2], arguments[3], arguments[4], &bytes);
  if (target == NULL) return NULL;
  bool done = false;
  if (index < MOST_THREADS && ticket > NO_TICKET) {
    record *theirs = &records[index];
    atomic_fetch_add(&theirs->readers, 1);
    if (atomic_load(&theirs->ticket) == (uint_least64_t)ticket && theirs->bytes >= bytes) {
      memmove(target, theirs->address, bytes);
      done = true;
    }
    atomic_fetch_sub(&theirs->readers, 1);
  }
  CHECK(napi_get_boolean(env, done, &result));
  return result;
}

/* addressOf(array): where this process has it. */
static napi_value address_of(napi_env env, napi_callback_info info) {
  char *address;
  size_t bytes;
  napi_value result;
  ARGUMENTS(1)
  if (!memory_of(env, arguments[0], &address, &bytes)) CHECK(napi_invalid_arg);
  CHECK(napi_create_double(env, (double)(uintptr_t)address, &result));
  return result;
}

/*
 * read(pid, address, target, at, bytes): copies from another process's memory to target, from its byte `at` on. True when all of it
 * was there and may be read.
 */
static napi_value read_process(napi_env env, napi_callback_info info) {
  int32_t pid;
  double address;
  size_t bytes;
  napi_value result;
  ARGUMENTS(5)
  CHECK(napi_get_value_int32(env, arguments[0], &pid));
  CHECK(napi_get_value_double(env, arguments[1], &address));
  char *target = part_of(env, arguments[2], arguments[3], arguments[4], &bytes);
  if (target == NULL) return NULL;
  bool done = false;
#if defined(__linux__)
  size_t copied = 0;
  /* One call copies 2 GiB at most. */
  while (copied < bytes) {
    struct iovec here = {.iov_base = target + copied, .iov_len = bytes - copied};
    struct iovec there = {.iov_base = (char *)(uintptr_t)address + copied, .iov_len = bytes - copied};
    ssize_t got = process_vm_readv((pid_t)pid, &here, 1, &there, 1, 0);
    if (got <= 0) break;
    copied += (size_t)got;
  }
  done = copied == bytes;
#else
  (void)pid;
  (void)target;
#endif
  CHECK(napi_get_boolean(env, done, &result));
  return result;
}

/* yieldCore(): lets another thread or process have this core, if one wants it. */
static napi_value yield_core(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  sched_yield();
  return NULL;
}

/* Gives this thread its record. Where there is none left, the functions for threads are not exported. */
static napi_value export_offers(napi_env env, napi_value exports) {
  napi_value holder, number;
  record *own = acquire_record();
  if (own == NULL) return exports;
  instance *self = calloc(1, sizeof *self);
  if (self == NULL || napi_set_instance_data(env, self, free_instance, NULL) != napi_ok) {
    free(self);
    atomic_store(&own->owned, false);
    return exports;
  }
  self->own = own;
  if (napi_add_env_cleanup_hook(env, before_teardown, self) != napi_ok) {
    atomic_store(&own->owned, false);
    return exports;
  }
  CHECK(napi_create_array_with_length(env, 1, &holder));
  CHECK(napi_create_reference(env, holder, 1, &self->holder));
  CHECK(napi_create_uint32(env, (uint32_t)(own - records), &number));
  CHECK(napi_set_named_property(env, exports, "index", number));
  /* Threads that have loaded another copy of this file have other records. */
  CHECK(napi_create_double(env, (double)(uintptr_t)records, &number));
  CHECK(napi_set_named_property(env, exports, "registry", number));
  return exports;
}

NAPI_MODULE_INIT() {
  static const export functions[] = {
      {"offer", offer}, {"withdraw", withdraw}, {"take", take}, {"addressOf", address_of}, {"read", read_process},
      {"yieldCore", yield_core},
  };
  if (export_functions(env, exports, functions, sizeof functions / sizeof functions[0]) == NULL) return NULL;
  return export_offers(env, exports);
}
