/* SPDX-License-Identifier: Apache-2.0
 *
 * owncode.c: see owncode.h.  A built source tree has its library in Lib/, an
 * application may bring one along anywhere: CPython says where since 3.11
 * (sys._stdlib_dir, bpo-45020).  Its extension modules, and site-packages below
 * it, are not the user's either.
 */
#include "agent/cpython/names/owncode.h"

#include <string.h>

#include "agent/cpython/abi/pyobject.h"
#include "formats/base/ownfile.h"
#include "formats/spool/spool.h"

/* The folder, with a slash behind it; nothing where it is too long or not known. */
static struct {
    char bytes[1024];
    uint32_t length;
    bool known;
} library;

static void
find_library(void)
{
    struct text_holder holder;
    PyObject *folder = py.PySys_GetObject("_stdlib_dir");
    struct text text = pyobject_text(folder, &holder);
    if (text.length > 1 && text.length < sizeof library.bytes) {
        memcpy(library.bytes, text.bytes, text.length);
        library.bytes[text.length] = '/';
        library.length = text.length + 1;
    }
    pyobject_release_text(&holder);
    library.known = true;
}

static bool
is_in_library(struct text file)
{
    return library.length && file.length > library.length &&
           memcmp(file.bytes, library.bytes, library.length) == 0;
}

static bool
is_main(struct text module)
{
    return module.length == 8 && memcmp(module.bytes, "__main__", 8) == 0;
}

uint32_t
owncode_flags(struct text module, struct text file)
{
    if (!library.known)
        find_library();
    bool user = !is_in_library(file) &&
                ownfile_is(file.bytes, file.length, is_main(module));
    return SPOOL_OWNER_KNOWN | (user ? SPOOL_OWNER_USER : 0);
}
