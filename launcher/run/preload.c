/* SPDX-License-Identifier: Apache-2.0
 *
 * preload.c: ld.so splits LD_PRELOAD at blanks and colons and expands $, with
 * no way to quote.  A path with one of these is reached through a symlink of a
 * harmless name.  It is never removed: processes that run longer than we do
 * have it in their environment, and ld.so would complain in each new one.
 */
#include "launcher/run/preload.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher/support/message.h"

#define AGENT     "libcodesnap_agent.so"
#define SEPARATES " :"
#define UNFIT     " :\t\n$"

/* == FINDING THE AGENT ===================================================== */

static bool
is_agent(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           access(path, R_OK) == 0;
}

/* Beside this program: in a build folder, or installed. */
static bool
find_beside(char *path)
{
    static const char *const places[] = {"", "../lib/codesnap/"};
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0)
        return false;
    self[length] = '\0';
    int folder = (int)(strrchr(self, '/') - self);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char found[PATH_MAX + 64];
        snprintf(found, sizeof found, "%.*s/%s" AGENT, folder, self, places[i]);
        if (is_agent(found) && realpath(found, path))
            return true;
    }
    return false;
}

static int
find(char *path)
{
    const char *given = getenv("CODESNAP_AGENT");
    if (given && *given) {
        if (is_agent(given) && realpath(given, path))
            return 0;
        message_say("CODESNAP_AGENT: %s: %s", given,
                    errno ? strerror(errno) : "no file");
        return -1;
    }
    if (find_beside(path))
        return 0;
    message_say(AGENT " is not beside codesnap nor in ../lib/codesnap; build "
                      "it with make, or say where it is by CODESNAP_AGENT");
    return -1;
}

/* == A PATH THAT FITS ====================================================== */

/* FNV-1a: the link's name says its target, so it never has to change. */
static uint64_t
hash(const char *text)
{
    uint64_t value = 0xcbf29ce484222325u;
    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * 0x100000001b3u;
    return value;
}

/* Ours alone: nobody else can put another library there. */
static bool
is_private_folder(const char *path)
{
    struct stat status;
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return false;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == geteuid() && !(status.st_mode & 022);
}

static bool
link_in(const char *folder, const char *agent, char *path)
{
    char there[PATH_MAX];
    int wanted = snprintf(path, PATH_MAX, "%s/agent-%016llx.so", folder,
                          (unsigned long long)hash(agent));
    if (wanted >= PATH_MAX || strpbrk(path, UNFIT) ||
        !is_private_folder(folder))
        return false;
    if (symlink(agent, path) < 0 && errno != EEXIST)
        return false;
    ssize_t length = readlink(path, there, sizeof there - 1);
    return length > 0 && (size_t)length == strlen(agent) &&
           memcmp(there, agent, (size_t)length) == 0;
}

static bool
link_somewhere(const char *agent, char *path)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char folder[PATH_MAX];
    if (cache && *cache == '/') {
        snprintf(folder, sizeof folder, "%s/codesnap", cache);
        if (link_in(folder, agent, path))
            return true;
    }
    if (home && *home == '/') {
        snprintf(folder, sizeof folder, "%s/.cache/codesnap", home);
        if (link_in(folder, agent, path))
            return true;
    }
    snprintf(folder, sizeof folder, "/var/tmp/codesnap-%u", geteuid());
    return link_in(folder, agent, path);
}

int
preload_find(char *path)
{
    char agent[PATH_MAX];
    if (find(agent) < 0)
        return -1;
    if (!strpbrk(agent, UNFIT)) {
        memcpy(path, agent, sizeof agent);
        return 0;
    }
    if (link_somewhere(agent, path))
        return 0;
    message_say("%s: LD_PRELOAD can't hold a path with a blank, a colon or a "
                "$, and neither ~/.cache nor /var/tmp takes a link to it; "
                "install codesnap elsewhere",
                agent);
    return -1;
}

/* == LD_PRELOAD ============================================================ */

static bool
has_name(const char *entry, size_t length, const char *name, bool whole)
{
    size_t start = length;
    while (start > 0 && entry[start - 1] != '/')
        start--;
    size_t count = strlen(name);
    return (whole ? length - start == count : length - start >= count) &&
           memcmp(entry + start, name, count) == 0;
}

static bool
must_be_first(const char *entry, size_t length)
{
    return has_name(entry, length, "libasan.so", false) ||
           has_name(entry, length, "libtsan.so", false) ||
           has_name(entry, length, "libclang_rt.", false);
}

static bool
is_ours(const char *entry, size_t length, const char *agent)
{
    return has_name(entry, length, AGENT, true) ||
           (length == strlen(agent) && memcmp(entry, agent, length) == 0);
}

static void
append(char *list, const char *entry, size_t length)
{
    size_t used = strlen(list);
    if (used)
        list[used++] = ':';
    memcpy(list + used, entry, length);
    list[used + length] = '\0';
}

/* Append the entries of existing that must be first, or those that need not. */
static void
append_some(char *list, const char *existing, const char *agent, bool first)
{
    for (const char *entry = existing; *entry;) {
        size_t length = strcspn(entry, SEPARATES);
        if (length && !is_ours(entry, length, agent) &&
            must_be_first(entry, length) == first)
            append(list, entry, length);
        entry += length + (entry[length] != '\0');
    }
}

char *
preload_compose(const char *agent, const char *existing)
{
    existing = existing ? existing : "";
    char *list = calloc(1, strlen(agent) + strlen(existing) + 3);
    if (!list)
        return NULL;
    append_some(list, existing, agent, true);
    append(list, agent, strlen(agent));
    append_some(list, existing, agent, false);
    return list;
}
