/* SPDX-License-Identifier: Apache-2.0
 *
 * text.h: bytes and how many.
 */
#ifndef CODESNAP_AGENT_TEXT_H
#define CODESNAP_AGENT_TEXT_H

#include <stdint.h>

struct text {
    const char *bytes;
    uint32_t length;
};

#endif
