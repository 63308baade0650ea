/* SPDX-License-Identifier: Apache-2.0
 *
 * role.h: what the search for slow calls knows of a function by its name.
 */
#ifndef CODESNAP_ROLE_H
#define CODESNAP_ROLE_H

#include "formats/trace/trace.h"

/* See role.def. */
enum role {
    ROLE_NONE,
    ROLE_WAIT,
    ROLE_HOST,
    ROLE_SELECT,
    ROLE_CHILD,
    ROLE_IMPORT,
    ROLE_MODULE, /* the body of a module that is the user's own */
};

enum role role_of(const struct function *function, bool own);

#endif
