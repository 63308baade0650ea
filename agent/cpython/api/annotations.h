/* SPDX-License-Identifier: Apache-2.0
 *
 * annotations.h: instants and counters as Python functions.
 */
#ifndef CODESNAP_ANNOTATIONS_H
#define CODESNAP_ANNOTATIONS_H

#include "agent/cpython/abi/python.h"

extern const struct method_definition annotations_functions[];

#endif
