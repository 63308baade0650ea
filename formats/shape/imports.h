/* SPDX-License-Identifier: Apache-2.0
 *
 * imports.h: which functions import modules.  The page has the same rule in
 * share/viewer/recording/names.js.
 */
#ifndef CODESNAP_IMPORTS_H
#define CODESNAP_IMPORTS_H

#include "formats/trace/trace.h"

/* The code of a module that was imported, "import flask.app". */
bool imports_is_module(const struct function *function);
/* Python's own code that leads from an import to that. */
bool imports_is_machinery(const struct function *function);

#endif
