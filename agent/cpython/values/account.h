/* SPDX-License-Identifier: Apache-2.0
 *
 * account.h: what a call says of what happens: a name, and JSON, from its arguments.
 * Between guard_enter and guard_leave.
 */
#ifndef CODESNAP_ACCOUNT_H
#define CODESNAP_ACCOUNT_H

#include <stdbool.h>

#include "agent/base/text.h"
#include "agent/cpython/abi/python.h"
#include "formats/base/happening.h"

#define ACCOUNT_TEXT 1000u /* bytes of one text; what follows is cut */

struct account {
    const char *name;
    size_t used;
    char json[8192];
};

/* frame as in local.h.  False: its arguments are not what is known of such calls. */
bool account_read(struct account *account, enum happening kind, PyObject *code,
                  void *frame);
void account_add_number(struct account *account, const char *key,
                        uint64_t number);
/* The JSON, whole. */
struct text account_end(struct account *account);

#endif
