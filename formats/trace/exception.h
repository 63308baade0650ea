/* SPDX-License-Identifier: Apache-2.0
 *
 * exception.h: an exception, from the JSON text of its instant:
 *
 *     {"message":"no seat 7","function":"book (shop.py:7)","line":9,
 *      "caught":"serve (shop.py:30)","caught_line":34,"calls":2,"control":true}
 *
 * function raised it and caught is the first that it did not end: null where nobody
 * caught it, left out where that is not known.  calls are those that it ended; control
 * says that it is no error, such as StopIteration.  Lines that are not known are left
 * out.
 */
#ifndef CODESNAP_EXCEPTION_H
#define CODESNAP_EXCEPTION_H

#include "formats/trace/trace.h"

struct exception {
    char *message, *function; /* never NULL */
    char *caught;             /* NULL: nobody did, or not known */
    bool uncaught;            /* nobody did */
    bool control;
    uint32_t line, caught_line, calls;
};

/* 0, or -1 without memory: then there is nothing to free. */
int exception_read(struct exception *exception, const struct instant *instant);
void exception_free(struct exception *exception);

/* Functions by their names; all zeros at first. */
struct exception_functions {
    const struct function **sorted;
};

/* The function of that name, of code, or NULL; then *failed says whether memory was
 * short. */
const struct function *exception_function(struct exception_functions *functions,
                                          const struct trace *trace,
                                          const char *name, bool *failed);

#endif
