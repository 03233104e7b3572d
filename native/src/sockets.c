/*
 * Reading and writing sockets that do not block, and waiting for them, for ranks over TCP. Node-API only, so that one
 * binary serves every version of Node. src/comm/tcp does the same without this module, at more cost a call.
 *
 * A system call that fails is no exception but a negative result, its error number: that a socket has nothing to read
 * is the most frequent answer of all.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#define MODULE "sockets"
#include "addon.h"

/* Pieces that one call of `writePieces` hands to the system; every system takes 16, those that matter 1024. */
#define MOST_PIECES 64
/* Sockets that one call of `wait` looks at. */
#define MOST_SOCKETS 1024
/* Words a socket in the list that `wait` gets: descriptor, whether to wait for reading (1) and writing (2), answer. */
#define WORDS_A_SOCKET 3
#define READING 1
#define WRITING 2
/* Node ignores SIGPIPE, so that a write to a closed connection is an error only. */
#define SEND_FLAGS 0
/* Where the system cannot drop what it has received, it is read to here. */
#define DISCARD_BYTES 65536
#define NANOSECONDS_PER_MICROSECOND 1000
#define MICROSECONDS_PER_SECOND 1000000

/* What a system call has returned, or its error. */
static napi_value answer(napi_env env, ssize_t result) {
  napi_value number;
  CHECK(napi_create_int64(env, result < 0 ? -(int64_t)errno : (int64_t)result, &number));
  return number;
}

/* `length` bytes of a Uint8Array, from `offset` on; NULL if it does not have them. */
static char *bytes_at(napi_env env, napi_value array, napi_value offset, napi_value length, size_t *count) {
  napi_typedarray_type type;
  size_t size;
  void *data;
  int64_t from, wanted;
  if (napi_get_typedarray_info(env, array, &type, &size, &data, NULL, NULL) != napi_ok) return NULL;
  if (napi_get_value_int64(env, offset, &from) != napi_ok || napi_get_value_int64(env, length, &wanted) != napi_ok) {
    return NULL;
  }
  if (type != napi_uint8_array || data == NULL || from < 0 || wanted < 0) return NULL;
  if ((uint64_t)from > size || (uint64_t)wanted > size - (uint64_t)from) return NULL;
  *count = (size_t)wanted;
  return (char *)data + from;
}

/* read(descriptor, bytes, offset, length): bytes read, 0 at the end of the stream, or an error. */
static napi_value read_socket(napi_env env, napi_callback_info info) {
  int32_t fd;
  size_t count = 0;
  ARGUMENTS(4)
  CHECK(napi_get_value_int32(env, arguments[0], &fd));
  char *target = bytes_at(env, arguments[1], arguments[2], arguments[3], &count);
  if (target == NULL) return refuse(env, "sockets: there are no such bytes");
  return answer(env, recv(fd, target, count, 0));
}

/* discard(descriptor, length): like read, of bytes that nobody wants. */
static napi_value discard(napi_env env, napi_callback_info info) {
  int32_t fd;
  int64_t length;
  ARGUMENTS(2)
  CHECK(napi_get_value_int32(env, arguments[0], &fd));
  CHECK(napi_get_value_int64(env, arguments[1], &length));
  if (length < 0) return refuse(env, "sockets: there are no such bytes");
#if defined(__linux__)
  /* The system drops them without a copy. */
  return answer(env, recv(fd, NULL, (size_t)length, MSG_TRUNC));
#else
  char unwanted[DISCARD_BYTES];
  return answer(env, recv(fd, unwanted, length < DISCARD_BYTES ? (size_t)length : DISCARD_BYTES, 0));
#endif
}

/* write(descriptor, bytes, offset, length): bytes that the system has taken, or an error. */
static napi_value write_socket(napi_env env, napi_callback_info info) {
  int32_t fd;
  size_t count = 0;
  ARGUMENTS(4)
  CHECK(napi_get_value_int32(env, arguments[0], &fd));
  const char *source = bytes_at(env, arguments[1], arguments[2], arguments[3], &count);
  if (source == NULL) return refuse(env, "sockets: there are no such bytes");
  return answer(env, send(fd, source, count, SEND_FLAGS));
}

/*
 * writePieces(descriptor, pieces, first, offset, most): like write, from a list of Uint8Arrays, beginning with byte
 * `offset` of number `first`, at most `most` bytes.
 */
static napi_value write_pieces(napi_env env, napi_callback_info info) {
  int32_t fd;
  uint32_t first, length;
  int64_t offset, most;
  struct iovec vector[MOST_PIECES];
  int used = 0;
  ARGUMENTS(5)
  CHECK(napi_get_value_int32(env, arguments[0], &fd));
  CHECK(napi_get_array_length(env, arguments[1], &length));
  CHECK(napi_get_value_uint32(env, arguments[2], &first));
  CHECK(napi_get_value_int64(env, arguments[3], &offset));
  CHECK(napi_get_value_int64(env, arguments[4], &most));
  for (uint32_t i = first; i < length && used < MOST_PIECES && most > 0; i++) {
    napi_value piece;
    napi_typedarray_type type;
    size_t size;
    void *data;
    CHECK(napi_get_element(env, arguments[1], i, &piece));
    CHECK(napi_get_typedarray_info(env, piece, &type, &size, &data, NULL, NULL));
    if (type != napi_uint8_array || offset < 0 || (uint64_t)offset > size) {
      return refuse(env, "sockets: there are no such bytes");
    }
    size_t count = size - (size_t)offset;
    if (count > (uint64_t)most) count = (size_t)most;
    if (count > 0) vector[used++] = (struct iovec){.iov_base = (char *)data + offset, .iov_len = count};
    most -= (int64_t)count;
    offset = 0;
  }
  struct msghdr message = {.msg_iov = vector, .msg_iovlen = used};
  return answer(env, sendmsg(fd, &message, SEND_FLAGS));
}

static int64_t now_in_nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * MICROSECONDS_PER_SECOND * NANOSECONDS_PER_MICROSECOND + time.tv_nsec;
}

/*
 * wait(sockets, count, spinMicroseconds, sleepMilliseconds): until one of the sockets is ready, but no longer than that;
 * looks without pause at first, then sleeps. Writes into the third word of each socket what it is ready for, and
 * returns how many are.
 *
 * Looking is `poll`, not `read`: a read holds the socket's lock, and what arrives in the meantime must take the long way.
 */
static napi_value wait_for_sockets(napi_env env, napi_callback_info info) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  uint32_t count;
  double spin, sleep;
  struct pollfd polled[MOST_SOCKETS];
  ARGUMENTS(4)
  CHECK(napi_get_typedarray_info(env, arguments[0], &type, &length, &data, NULL, NULL));
  CHECK(napi_get_value_uint32(env, arguments[1], &count));
  CHECK(napi_get_value_double(env, arguments[2], &spin));
  CHECK(napi_get_value_double(env, arguments[3], &sleep));
  if (type != napi_int32_array || count > MOST_SOCKETS || (size_t)count * WORDS_A_SOCKET > length) {
    return refuse(env, "sockets: there are no such sockets");
  }
  int32_t *words = data;
  for (uint32_t i = 0; i < count; i++) {
    const int32_t *word = words + (size_t)i * WORDS_A_SOCKET;
    short events = (short)(((word[1] & READING) != 0 ? POLLIN : 0) | ((word[1] & WRITING) != 0 ? POLLOUT : 0));
    polled[i] = (struct pollfd){.fd = word[0], .events = events};
  }
  int ready = poll(polled, count, 0);
  if (ready == 0 && spin > 0) {
    int64_t end = now_in_nanoseconds() + (int64_t)(spin * NANOSECONDS_PER_MICROSECOND);
    do ready = poll(polled, count, 0);
    while (ready == 0 && now_in_nanoseconds() < end);
  }
  if (ready == 0 && sleep >= 1) ready = poll(polled, count, (int)sleep);
  for (uint32_t i = 0; i < count; i++) {
    short found = ready > 0 ? polled[i].revents : 0;
    /* What is wrong with a socket shows when it is used. */
    bool wrong = (found & (POLLERR | POLLHUP | POLLNVAL)) != 0;
    words[(size_t)i * WORDS_A_SOCKET + 2] =
        (wrong || (found & POLLIN) != 0 ? READING : 0) | (wrong || (found & POLLOUT) != 0 ? WRITING : 0);
  }
  return answer(env, ready);
}

NAPI_MODULE_INIT() {
  static const export functions[] = {
      {"read", read_socket},
      {"discard", discard},
      {"write", write_socket},
      {"writePieces", write_pieces},
      {"wait", wait_for_sockets},
  };
  return export_functions(env, exports, functions, sizeof functions / sizeof functions[0]);
}
