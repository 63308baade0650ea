/* SPDX-License-Identifier: Apache-2.0
 *
 * ownfile.h: whose code a file holds, by its name: the user's own, as opposed to
 * what comes with Python, was installed, or is made up by the interpreter, a
 * library or the tracer.
 */
#ifndef CODESNAP_OWNFILE_H
#define CODESNAP_OWNFILE_H

#include <stdbool.h>
#include <stddef.h>

/* The name has length bytes, with or without NUL behind them.  An editable
 * install is own code, a package in site-packages is not; the empty name is not.
 * Code without a file, "<string>", is the user's where it runs in __main__:
 * libraries run a lot of it elsewhere. */
bool ownfile_is(const char *file, size_t length, bool in_main);

#endif
