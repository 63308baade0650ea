/* SPDX-License-Identifier: Apache-2.0
 *
 * browser.h: shows a finished output in the user's browser.
 */
#ifndef CODESNAP_BROWSER_H
#define CODESNAP_BROWSER_H

/* Start $BROWSER or xdg-open for the file and go on at once.  0, or -1 after it
 * has said that none starts. */
int browser_show(const char *path);

#endif
