/* SPDX-License-Identifier: Apache-2.0
 *
 * secretwords.h: a text in which secrets are named: "password=abc", "--token abc",
 * "Authorization: Bearer abc", "https://user:abc@host".  What follows such a name is
 * taken out; names are those of redacted.h.
 */
#ifndef CODESNAP_SECRETWORDS_H
#define CODESNAP_SECRETWORDS_H

#include <stddef.h>

#define SECRETWORDS_MARK "<redacted>"

/* length bytes at from, cleaned, into room bytes at to; what does not fit is cut.
 * Returns how many there are. */
size_t secretwords_clean(char *to, size_t room, const char *from,
                         size_t length);

/* The same of SQL: each text in quotes ' is taken out, too. */
size_t secretwords_clean_sql(char *to, size_t room, const char *from,
                             size_t length);

#endif
