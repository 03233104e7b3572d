/*
 * What the native modules have in common: arguments, failed calls of Node-API, exports. A module defines MODULE, its name
 * in errors, before it includes this.
 */
#include <stdbool.h>
#include <stddef.h>

#include <node_api.h>

/* Throws a TypeError, unless an exception is pending already. Always NULL, whatever the caller returns a pointer to. */
static void *refuse(napi_env env, const char *what) {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_type_error(env, NULL, what);
  return NULL;
}

/* The Node-API call failed: an exception is pending already, or the arguments were not what the JavaScript side sends. */
#define CHECK(call)                                                                                          \
  do {                                                                                                       \
    if ((call) != napi_ok) return refuse(env, MODULE ": bad argument");                                      \
  } while (0)

static bool get_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values) {
  size_t given = count;
  return napi_get_cb_info(env, info, &given, values, NULL, NULL) == napi_ok && given == count;
}

#define ARGUMENTS(count)                                                                                     \
  napi_value arguments[count];                                                                               \
  if (!get_arguments(env, info, count, arguments)) return refuse(env, MODULE ": wrong number of arguments");

typedef struct {
  const char *name;
  napi_callback function;
} export;

/* Returns `exports`, or NULL with an exception pending. */
static napi_value export_functions(napi_env env, napi_value exports, const export *functions, size_t count) {
  for (size_t i = 0; i < count; i++) {
    napi_value function;
    CHECK(napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function));
    CHECK(napi_set_named_property(env, exports, functions[i].name, function));
  }
  return exports;
}
