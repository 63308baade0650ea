/* SPDX-License-Identifier: Apache-2.0
 *
 * html/shell.h: the viewer page that make joined from share/viewer, linked in
 * as bytes.  The data of an output goes where its marker line stands.
 */
#ifndef CODESNAP_HTML_SHELL_H
#define CODESNAP_HTML_SHELL_H

#define HTML_SHELL_MARKER "<!-- codesnap data -->\n"

extern const char html_shell[], html_shell_end[];

#endif
