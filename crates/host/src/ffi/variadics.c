/* SPDX-License-Identifier: BSD-3-Clause */
/* Turns the variadic calls of the parameter and message suites into calls of fixed arity. Nothing else. */
#include <stdarg.h>
#include <stdio.h>

enum kind { KIND_NONE, KIND_INT, KIND_DOUBLE, KIND_STRING };
enum how { HOW_VALUE, HOW_AT_TIME, HOW_DERIVATIVE, HOW_INTEGRAL };
enum { MAX_VALUES = 4 };

/* The pointers that a caller gave, to be taken one by one. */
struct pointers { va_list list; };

void *deltaplate_host_next_pointer(struct pointers *pointers) { return va_arg(pointers->list, void *); }

/* Defined in parameter.rs and message.rs. */
int deltaplate_host_param_shape(void *param, int *count);
int deltaplate_host_param_get(void *param, int how, double time1, double time2, struct pointers *out);
int deltaplate_host_param_set(void *param, int timed, double time, const int *ints, const double *doubles,
                              const char *text);
int deltaplate_host_message(void *handle, int persistent, const char *type, const char *id, const char *text);

static int get(void *param, int how, double time1, double time2, va_list args) {
  struct pointers out;
  va_copy(out.list, args);
  int status = deltaplate_host_param_get(param, how, time1, time2, &out);
  va_end(out.list);
  return status;
}

static int set(void *param, int timed, double time, va_list args) {
  int ints[MAX_VALUES] = {0};
  double doubles[MAX_VALUES] = {0};
  const char *text = 0;
  int count = 0;
  int kind = deltaplate_host_param_shape(param, &count);
  for (int i = 0; i < count && i < MAX_VALUES; i++) {
    if (kind == KIND_INT) ints[i] = va_arg(args, int);
    else if (kind == KIND_DOUBLE) doubles[i] = va_arg(args, double);
    else text = va_arg(args, const char *);
  }
  return deltaplate_host_param_set(param, timed, time, ints, doubles, text);
}

static int post(void *handle, int persistent, const char *type, const char *id, const char *format, va_list args) {
  char text[4096] = "";
  if (format) vsnprintf(text, sizeof text, format, args);
  return deltaplate_host_message(handle, persistent, type, id, text);
}

/* The last named argument comes before the dots; `last` is its name. */
#define FORWARD(last, call) \
  va_list args;             \
  va_start(args, last);     \
  int status = call;        \
  va_end(args);             \
  return status

int deltaplate_host_get_value(void *param, ...) { FORWARD(param, get(param, HOW_VALUE, 0, 0, args)); }

int deltaplate_host_get_value_at_time(void *param, double time, ...) {
  FORWARD(time, get(param, HOW_AT_TIME, time, 0, args));
}

int deltaplate_host_get_derivative(void *param, double time, ...) {
  FORWARD(time, get(param, HOW_DERIVATIVE, time, 0, args));
}

int deltaplate_host_get_integral(void *param, double time1, double time2, ...) {
  FORWARD(time2, get(param, HOW_INTEGRAL, time1, time2, args));
}

int deltaplate_host_set_value(void *param, ...) { FORWARD(param, set(param, 0, 0, args)); }

int deltaplate_host_set_value_at_time(void *param, double time, ...) { FORWARD(time, set(param, 1, time, args)); }

int deltaplate_host_post(void *handle, const char *type, const char *id, const char *format, ...) {
  FORWARD(format, post(handle, 0, type, id, format, args));
}

int deltaplate_host_post_persistent(void *handle, const char *type, const char *id, const char *format, ...) {
  FORWARD(format, post(handle, 1, type, id, format, args));
}
