/* SPDX-License-Identifier: Apache-2.0
 *
 * setting.h: options that are set in a program that runs (codesnap ctl SESSION set).
 */
#ifndef CODESNAP_SETTING_H
#define CODESNAP_SETTING_H

#include "agent/store/orders.h"

/* From here on they hold, and a note says so for each that is news.  With the GIL. */
void setting_take(const struct orders *orders);

#endif
