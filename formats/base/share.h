/* SPDX-License-Identifier: Apache-2.0
 *
 * share.h: a share that a person means.  Allocates nothing.
 */
#ifndef CODESNAP_SHARE_H
#define CODESNAP_SHARE_H

#include <stdint.h>

/* "5%" or "2.5%" in thousandths, up to 1000%; 0 where it is none. */
uint32_t share_per_mille(const char *text);

#endif
