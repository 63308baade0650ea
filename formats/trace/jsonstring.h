/* SPDX-License-Identifier: Apache-2.0
 *
 * jsonstring.h: what a string of clean JSON says.
 */
#ifndef CODESNAP_JSONSTRING_H
#define CODESNAP_JSONSTRING_H

#include <stddef.h>

/* Of the count bytes of a string with its quotes, without them and its escapes, as a
 * new text; U+0000 is U+FFFD.  NULL without memory. */
char *jsonstring_plain(const char *string, size_t count);

#endif
