/* SPDX-License-Identifier: Apache-2.0
 *
 * open.c: the verb `open`.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/base/text.h"
#include "launcher/support/browser.h"
#include "launcher/support/message.h"
#include "launcher/support/options.h"
#include "launcher/support/verb.h"

static int
refuse(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0 || access(path, R_OK) < 0)
        message_say("%s: %s", path, strerror(errno));
    else if (S_ISDIR(status.st_mode))
        message_say("%s: is a folder; to make a page of a session and open it: "
                    "codesnap convert %s -o result.html --open",
                    path, path);
    else
        message_say("%s: not a page (.html); to see what is in it: codesnap "
                    "report %s",
                    path, path);
    return STATUS_FAILED;
}

static bool
is_page(const char *path)
{
    struct stat status;
    return *path && text_ends_with(path + 1, ".html") &&
           stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           access(path, R_OK) == 0;
}

int
open_verb(const struct options *options, int argc, char **argv)
{
    (void)options;
    int status = 0;
    for (int i = 1; i < argc && !status; i++)
        if (!is_page(argv[i]))
            status = refuse(argv[i]);
        else if (browser_show(argv[i]) < 0)
            status = STATUS_FAILED;
    return status;
}
