/* SPDX-License-Identifier: Apache-2.0
 *
 * signalname.h: signals that a person may choose, by their names.
 */
#ifndef CODESNAP_SIGNALNAME_H
#define CODESNAP_SIGNALNAME_H

/* "USR2", "SIGUSR2": its number; 0 where it is none of USR1, USR2, HUP, WINCH, URG
 * and PROF. */
int signalname_number(const char *name);

#endif
