/* SPDX-License-Identifier: Apache-2.0
 *
 * input.h: the input of a fuzzer as a file, in a folder that goes with it.
 */
#ifndef CODESNAP_FUZZ_INPUT_H
#define CODESNAP_FUZZ_INPUT_H

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char input_folder[] = "/tmp/codesnap-fuzz-XXXXXX";
static char input_path[sizeof input_folder + 16];

static void
input_end(void)
{
    unlink(input_path);
    rmdir(input_folder);
}

/* The path of the file that input_store will write. */
static const char *
input_begin(const char *name)
{
    if (!mkdtemp(input_folder))
        abort();
    snprintf(input_path, sizeof input_path, "%s/%s", input_folder, name);
    atexit(input_end);
    return input_path;
}

/* Whether the input could be opened; where not, one line must say why. */
static bool
input_is_open(const void *trace, const char *error)
{
    if (!trace && (error[0] == '\0' || strchr(error, '\n')))
        abort();
    return trace != NULL;
}

static void
input_store(const uint8_t *data, size_t size)
{
    int fd = open(input_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    close(fd);
}

#endif
