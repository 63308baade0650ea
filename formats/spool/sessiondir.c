/* SPDX-License-Identifier: Apache-2.0
 *
 * sessiondir.c: the choice of the session's folder, by the type of the file system
 * that the output's folder lies on.  See sessiondir.h.
 */
#include "formats/spool/sessiondir.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Room is left in a name for the suffix and a number. */
#define LONGEST_BASE 200

/* f_type of file systems that are remote, run in user space, or hold no files
 * of ours at all.  Sorted as found in linux/magic.h and the projects' own. */
static const uint32_t unfit[] = {
    0x00006969, /* nfs */
    0x0000517b, /* smb */
    0xff534d42, /* cifs */
    0xfe534d42, /* smb2 */
    0x65735546, /* fuse */
    0x01021997, /* 9p */
    0x00c36400, /* ceph */
    0x5346414f, /* afs */
    0x6b414653, /* kafs */
    0x73757245, /* coda */
    0x0000564c, /* ncp */
    0x0bd00bd0, /* lustre */
    0x47504653, /* gpfs */
    0x786f4256, /* vboxsf */
    0xbacbacbc, /* vmhgfs */
    0x00009fa0, /* proc */
    0x62656572, /* sysfs */
};

static bool
is_local(const char *folder)
{
    struct statfs fs;
    if (statfs(folder, &fs) != 0)
        return false;
    for (size_t i = 0; i < sizeof unfit / sizeof *unfit; i++)
        if ((uint32_t)fs.f_type == unfit[i])
            return false;
    return true;
}

/* Devices such as /dev/null and /dev/fd/3 can be outputs. */
static bool
is_below_dev(const char *folder)
{
    bool below = strncmp(folder, "/dev", 4) == 0 &&
                 (folder[4] == '/' || folder[4] == '\0');
    return below && strncmp(folder, "/dev/shm", 8) != 0;
}

static bool
is_usable(const char *folder)
{
    return folder != NULL && folder[0] == '/' && is_local(folder) &&
           access(folder, W_OK | X_OK) == 0;
}

static const char *
temporary_folder(void)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    const char *temporary = getenv("TMPDIR");
    if (is_usable(runtime))
        return runtime;
    if (is_usable(temporary))
        return temporary;
    return "/tmp";
}

/* Folder of path as an absolute path, and where its last part starts. */
static const char *
split(const char *path, char *folder, size_t folder_bytes)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    size_t length = (size_t)(base - path);
    size_t used = 0;
    if (path[0] != '/') {
        if (getcwd(folder, folder_bytes) == NULL)
            return NULL;
        used = strlen(folder);
    }
    if (used + length + 2 > folder_bytes) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    if (used > 0 && length > 0)
        folder[used++] = '/';
    memcpy(folder + used, path, length);
    used += length;
    while (used > 1 && folder[used - 1] == '/')
        used--;
    folder[used] = '\0';
    return base;
}

/* The spool directory as given, made absolute. */
static int
absolute(const char *given, char *folder, size_t folder_bytes)
{
    const char *base = split(given, folder, folder_bytes);
    if (base == NULL)
        return -1;
    size_t used = strlen(folder);
    const char *slash = used > 0 && folder[used - 1] == '/' ? "" : "/";
    int length =
        snprintf(folder + used, folder_bytes - used, "%s%s", slash, base);
    if ((size_t)length >= folder_bytes - used) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return 0;
}

int
sessiondir_choose(const char *output, const char *spool_directory, char *path,
                  size_t path_bytes)
{
    char beside[4096], given[4096];
    const char *folder = beside;
    snprintf(path, path_bytes, "%s", output);
    const char *base = split(output, beside, sizeof beside);
    if (base == NULL)
        return -1;
    if (strcmp(output, "-") == 0)
        base = "stdout";
    if (spool_directory != NULL && spool_directory[0] != '\0') {
        snprintf(path, path_bytes, "%s", spool_directory);
        if (absolute(spool_directory, given, sizeof given) != 0)
            return -1;
        folder = given;
    } else if (is_below_dev(beside) ||
               (access(beside, F_OK) == 0 && !is_local(beside))) {
        folder = temporary_folder();
    }
    const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
    int length = snprintf(path, path_bytes, "%s%s%.*s" SESSION_SUFFIX, folder,
                          slash, LONGEST_BASE, base);
    if ((size_t)length >= path_bytes) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return 0;
}
