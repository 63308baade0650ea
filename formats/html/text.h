/* SPDX-License-Identifier: Apache-2.0
 *
 * html/text.h: strings of the JSON inside a page.
 */
#ifndef CODESNAP_HTML_TEXT_H
#define CODESNAP_HTML_TEXT_H

#include "formats/base/sink.h"

/* Every '<' is escaped, too: no name, whatever it is, can end the script. */
void html_text_put(struct sink *sink, const char *text);

#endif
