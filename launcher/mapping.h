/* SPDX-License-Identifier: Apache-2.0
 *
 * mapping.h: which processes can still write into a session.  A process that
 * was forked a moment ago has its parent's spool mapped and has not said so
 * in it yet; its mappings tell.
 */
#ifndef CODESNAP_MAPPING_H
#define CODESNAP_MAPPING_H

/* The number of processes, younger than this one and open to our eyes, that
 * have a file of the folder mapped. */
int mapping_count(const char *folder);

#endif
