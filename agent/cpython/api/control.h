/* SPDX-License-Identifier: Apache-2.0
 *
 * control.h: what the package asks about the recording and what it wants done with
 * it, as Python functions.
 */
#ifndef CODESNAP_CONTROL_H
#define CODESNAP_CONTROL_H

#include "agent/cpython/abi/python.h"

extern const struct method_definition control_functions[];

#endif
