/* SPDX-License-Identifier: Apache-2.0
 *
 * settings.c: fuzzes the reader of settings with libFuzzer: the input is a file in
 * TOML.  Whatever is in it, it is taken or refused.
 */
#include <stdlib.h>

#include "launcher/support/settings.h"
#include "tests/fuzz/input.h"

static const char *path;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    path = input_begin("settings.toml");
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct verb verb = {
        .name = "run", .options = ~UINT64_C(0), .environment = true};
    struct options options = {.verb = &verb};
    options.environment[OPTION_config] = path;
    input_store(data, size);
    if (settings_read(&options) == 0)
        for (size_t i = 0; i < options.settled_count; i++)
            if (!*options.settled[i].value)
                abort();
    options_release(&options);
    return 0;
}
