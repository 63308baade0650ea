/* SPDX-License-Identifier: Apache-2.0
 *
 * info.h: the view that tells of a session as a whole.
 */
#ifndef CODESNAP_INFO_H
#define CODESNAP_INFO_H

#include "formats/format.h"

extern const struct format info_view;

#endif
