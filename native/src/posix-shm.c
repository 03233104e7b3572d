/*
 * POSIX shared memory and sleeping in it, for ranks that are processes. Node-API only, so that one binary serves every
 * version of Node. Everything that needs judgement (names, layout, who is alive) is in src/comm/shm.
 *
 * A failed system call throws an Error with the properties `errno` and `syscall`.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MODULE "posix-shm"
#include "addon.h"

#if defined(__linux__)
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#elif defined(__APPLE__) && defined(__has_include)
#if __has_include(<os/os_sync_wait_on_address.h>)
#include <os/os_sync_wait_on_address.h>
#define HAS_SYNC_WAIT 1
#endif
#endif

/* Longest name: NAME_MAX of tmpfs and the slash. */
#define NAME_BYTES 257
#define NANOSECONDS_PER_MILLISECOND 1000000
#define MILLISECONDS_PER_SECOND 1000

/* A mapping and the one who has to end it: `unmap`, or else the garbage collector. */
typedef struct {
  void *address;
  size_t bytes;
} mapping;

static napi_value throw_errno(napi_env env, const char *syscall_name, int code) {
  napi_value message, error, number, name;
  CHECK(napi_create_string_utf8(env, strerror(code), NAPI_AUTO_LENGTH, &message));
  CHECK(napi_create_error(env, NULL, message, &error));
  CHECK(napi_create_int32(env, code, &number));
  CHECK(napi_create_string_utf8(env, syscall_name, NAPI_AUTO_LENGTH, &name));
  CHECK(napi_set_named_property(env, error, "errno", number));
  CHECK(napi_set_named_property(env, error, "syscall", name));
  napi_throw(env, error);
  return NULL;
}

#if defined(__linux__)
/*
 * What shm_open, shm_unlink and fstat do there, by calls that every version of the C library has: in glibc those three
 * have another version since 2.33 and 2.34, and a binary that was linked there would load on nothing older.
 */
#define SEGMENT_FOLDER "/dev/shm"

static bool path_of(const char *name, char path[sizeof SEGMENT_FOLDER + NAME_BYTES]) {
  if (name[0] != '/' || name[1] == '\0' || strchr(name + 1, '/') != NULL) {
    errno = EINVAL;
    return false;
  }
  strcpy(path, SEGMENT_FOLDER);
  strcat(path, name);
  return true;
}

static int open_segment(const char *name, int flags, mode_t mode) {
  char path[sizeof SEGMENT_FOLDER + NAME_BYTES];
  return path_of(name, path) ? open(path, flags | O_NOFOLLOW | O_CLOEXEC, mode) : -1;
}

static int unlink_segment(const char *name) {
  char path[sizeof SEGMENT_FOLDER + NAME_BYTES];
  return path_of(name, path) ? unlink(path) : -1;
}

static int64_t segment_bytes(int fd) { return (int64_t)lseek(fd, 0, SEEK_END); }
#else
#define open_segment shm_open
#define unlink_segment shm_unlink

static int64_t segment_bytes(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 ? (int64_t)status.st_size : -1;
}
#endif

/* create(name, bytes): descriptor of a new segment that only this user may open. */
static napi_value create(napi_env env, napi_callback_info info) {
  char name[NAME_BYTES];
  int64_t bytes;
  napi_value result;
  ARGUMENTS(2)
  CHECK(napi_get_value_string_utf8(env, arguments[0], name, sizeof name, NULL));
  CHECK(napi_get_value_int64(env, arguments[1], &bytes));
  int fd = open_segment(name, O_CREAT | O_EXCL | O_RDWR, S_IRUSR | S_IWUSR);
  if (fd < 0) return throw_errno(env, "shm_open", errno);
  if (ftruncate(fd, (off_t)bytes) != 0) {
    int code = errno;
    close(fd);
    unlink_segment(name);
    return throw_errno(env, "ftruncate", code);
  }
  CHECK(napi_create_int32(env, fd, &result));
  return result;
}

/* open(name): descriptor of an existing segment. */
static napi_value open_existing(napi_env env, napi_callback_info info) {
  char name[NAME_BYTES];
  napi_value result;
  ARGUMENTS(1)
  CHECK(napi_get_value_string_utf8(env, arguments[0], name, sizeof name, NULL));
  int fd = open_segment(name, O_RDWR, 0);
  if (fd < 0) return throw_errno(env, "shm_open", errno);
  CHECK(napi_create_int32(env, fd, &result));
  return result;
}

/* sizeOf(descriptor): bytes. */
static napi_value size_of(napi_env env, napi_callback_info info) {
  int32_t fd;
  napi_value result;
  ARGUMENTS(1)
  CHECK(napi_get_value_int32(env, arguments[0], &fd));
  int64_t bytes = segment_bytes(fd);
  if (bytes < 0) return throw_errno(env, "fstat", errno);
  CHECK(napi_create_int64(env, bytes, &result));
  return result;
}

/*
 * commit(descriptor, offset, bytes): memory behind that part of the segment. Without it, the first touch of a page for
 * which there is none ends the process (SIGBUS).
 */
static napi_value commit(napi_env env, napi_callback_info info) {
  int32_t fd;
  int64_t offset, bytes;
  ARGUMENTS(3)
  CHECK(napi_get_value_int32(env, arguments[0], &fd));
  CHECK(napi_get_value_int64(env, arguments[1], &offset));
  CHECK(napi_get_value_int64(env, arguments[2], &bytes));
#if defined(__linux__)
  int code;
  do code = posix_fallocate(fd, (off_t)offset, (off_t)bytes);
  while (code == EINTR);
  if (code != 0) return throw_errno(env, "posix_fallocate", code);
#endif
  /* Elsewhere shared memory is not a file system that can be full: it is swapped out like any other. */
  return NULL;
}

static napi_value close_descriptor(napi_env env, napi_callback_info info) {
  int32_t fd;
  ARGUMENTS(1)
  CHECK(napi_get_value_int32(env, arguments[0], &fd));
  if (close(fd) != 0 && errno != EINTR) return throw_errno(env, "close", errno);
  return NULL;
}

static napi_value unlink_name(napi_env env, napi_callback_info info) {
  char name[NAME_BYTES];
  ARGUMENTS(1)
  CHECK(napi_get_value_string_utf8(env, arguments[0], name, sizeof name, NULL));
  if (unlink_segment(name) != 0) return throw_errno(env, "shm_unlink", errno);
  return NULL;
}

static void end_mapping(mapping *mapped) {
  if (mapped->address != NULL) munmap(mapped->address, mapped->bytes);
  mapped->address = NULL;
}

static void finalize_mapping(napi_env env, void *data, void *hint) {
  (void)env;
  (void)data;
  end_mapping(hint);
  free(hint);
}

/* map(descriptor, bytes): the segment as an ArrayBuffer. The descriptor may be closed afterwards. */
static napi_value map(napi_env env, napi_callback_info info) {
  int32_t fd;
  int64_t bytes;
  napi_value buffer;
  ARGUMENTS(2)
  CHECK(napi_get_value_int32(env, arguments[0], &fd));
  CHECK(napi_get_value_int64(env, arguments[1], &bytes));
  mapping *mapped = malloc(sizeof *mapped);
  if (mapped == NULL) return throw_errno(env, "malloc", ENOMEM);
  mapped->bytes = (size_t)bytes;
  mapped->address = mmap(NULL, mapped->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped->address == MAP_FAILED) {
    int code = errno;
    free(mapped);
    return throw_errno(env, "mmap", code);
  }
  napi_status status =
      napi_create_external_arraybuffer(env, mapped->address, mapped->bytes, finalize_mapping, mapped, &buffer);
  if (status != napi_ok) {
    end_mapping(mapped);
    free(mapped);
    if (status == napi_no_external_buffers_allowed) {
      napi_throw_error(env, NULL, "this JavaScript engine refuses buffers outside its own memory");
      return NULL;
    }
    CHECK(status);
  }
  /* So that `unmap` finds it. The finalizer above frees it, once the buffer's memory is let go of. */
  CHECK(napi_wrap(env, buffer, mapped, NULL, NULL, NULL));
  return buffer;
}

/* unmap(buffer): ends the mapping; the buffer and every array over it have length 0 afterwards. */
static napi_value unmap(napi_env env, napi_callback_info info) {
  bool detached;
  mapping *mapped;
  ARGUMENTS(1)
  CHECK(napi_is_detached_arraybuffer(env, arguments[0], &detached));
  if (detached) return NULL;
  CHECK(napi_unwrap(env, arguments[0], (void **)&mapped));
  /* The finalizer may run, and free the record, as soon as the buffer is detached. */
  void *address = mapped->address;
  size_t bytes = mapped->bytes;
  mapped->address = NULL;
  napi_status status = napi_detach_arraybuffer(env, arguments[0]);
  if (status != napi_ok) {
    mapped->address = address;
    CHECK(status);
  }
  if (munmap(address, bytes) != 0) return throw_errno(env, "munmap", errno);
  return NULL;
}

/* Address of words[index]; NULL, with an exception pending, when there is none. */
static int32_t *word_at(napi_env env, napi_value words, napi_value at) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  uint32_t index;
  CHECK(napi_get_typedarray_info(env, words, &type, &length, &data, NULL, NULL));
  CHECK(napi_get_value_uint32(env, at, &index));
  if (type != napi_int32_array || index >= length || data == NULL) {
    napi_throw_range_error(env, NULL, "posix-shm: there is no such word");
    return NULL;
  }
  return (int32_t *)data + index;
}

/* sleep(words, index, expected, milliseconds): until woken, unless words[index] is not `expected`; may end sooner. */
static napi_value sleep_at(napi_env env, napi_callback_info info) {
  int32_t expected;
  double milliseconds;
  ARGUMENTS(4)
  int32_t *word = word_at(env, arguments[0], arguments[1]);
  if (word == NULL) return NULL;
  CHECK(napi_get_value_int32(env, arguments[2], &expected));
  CHECK(napi_get_value_double(env, arguments[3], &milliseconds));
  if (!(milliseconds > 0)) return NULL;
#if defined(HAS_SYNC_WAIT)
  if (__builtin_available(macOS 14.4, *)) {
    os_sync_wait_on_address_with_timeout(word, (uint64_t)(uint32_t)expected, sizeof *word,
                                         OS_SYNC_WAIT_ON_ADDRESS_SHARED, OS_CLOCK_MACH_ABSOLUTE_TIME,
                                         (uint64_t)(milliseconds * NANOSECONDS_PER_MILLISECOND));
    return NULL;
  }
#endif
#if defined(__linux__)
  int64_t nanoseconds = (int64_t)(milliseconds * NANOSECONDS_PER_MILLISECOND);
  int64_t second = (int64_t)NANOSECONDS_PER_MILLISECOND * MILLISECONDS_PER_SECOND;
  struct timespec timeout = {.tv_sec = (time_t)(nanoseconds / second), .tv_nsec = (long)(nanoseconds % second)};
  long done = syscall(SYS_futex, word, FUTEX_WAIT, expected, &timeout, NULL, 0);
  if (done != 0 && errno != EAGAIN && errno != ETIMEDOUT && errno != EINTR) {
    return throw_errno(env, "futex", errno);
  }
#else
  /* No wake-up that crosses processes: nap. */
  if (__atomic_load_n(word, __ATOMIC_SEQ_CST) == expected) {
    double nap = milliseconds < 1 ? milliseconds : 1;
    struct timespec timeout = {.tv_sec = 0, .tv_nsec = (long)(nap * (NANOSECONDS_PER_MILLISECOND - 1))};
    nanosleep(&timeout, NULL);
  }
#endif
  return NULL;
}

/* wake(words, index): whoever sleeps there, in any process. */
static napi_value wake(napi_env env, napi_callback_info info) {
  ARGUMENTS(2)
  int32_t *word = word_at(env, arguments[0], arguments[1]);
  if (word == NULL) return NULL;
#if defined(HAS_SYNC_WAIT)
  if (__builtin_available(macOS 14.4, *)) {
    os_sync_wake_by_address_all(word, sizeof *word, OS_SYNC_WAKE_BY_ADDRESS_SHARED);
  }
#elif defined(__linux__)
  if (syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0) < 0) return throw_errno(env, "futex", errno);
#endif
  return NULL;
}

NAPI_MODULE_INIT() {
  static const export functions[] = {
      {"create", create}, {"open", open_existing},     {"sizeOf", size_of},     {"commit", commit},
      {"map", map},       {"unmap", unmap},            {"close", close_descriptor}, {"unlink", unlink_name},
      {"sleep", sleep_at}, {"wake", wake},
  };
  return export_functions(env, exports, functions, sizeof functions / sizeof functions[0]);
}
