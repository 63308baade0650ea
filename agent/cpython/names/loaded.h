/* SPDX-License-Identifier: Apache-2.0
 *
 * loaded.h: the modules that were loaded before the agent could see their code
 * run: the frozen importlib.  Before 3.11; with the GIL.
 */
#ifndef CODESNAP_LOADED_H
#define CODESNAP_LOADED_H

/* Remember the qualified names of their functions. */
void loaded_mark(void);

#endif
