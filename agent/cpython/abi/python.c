/* SPDX-License-Identifier: Apache-2.0
 *
 * python.c: resolving an interpreter's symbols and measuring its layout.
 */
#include "agent/cpython/abi/python.h"

#include <stdio.h>
#include <string.h>

struct python py;

/* == SYMBOLS ============================================================== */

enum need {
    OPTIONAL,
    REQUIRED
};

static const struct {
    const char *name;
    size_t member;
    short since, until;
    enum need need;
} symbols[] = {
#define SYMBOL(since, until, need, result, name, arguments) \
    {#name, offsetof(struct python, name), since, until, need},
#define OBJECT(need, type, name) SYMBOL(0, 99, need, type, name, )
#include "agent/cpython/abi/symbols.def"
#undef SYMBOL
#undef OBJECT
};

int
python_minor(const char *version)
{
    int minor = 0;
    if (strncmp(version, "3.", 2) != 0)
        return -1;
    for (const char *digit = version + 2; *digit >= '0' && *digit <= '9';
         digit++)
        minor = minor * 10 + *digit - '0';
    return minor >= 6 ? minor : -1;
}

int
python_resolve(python_finder *find, const void *where)
{
    const char *(*version)(void);
    *(void **)&version = find(where, "Py_GetVersion");
    py = (struct python){.minor = version ? python_minor(version()) : -1};
    if (py.minor < 0)
        return -1;
    snprintf(py.name, sizeof py.name, "CPython %.*s",
             (int)strcspn(version(), " "), version());
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (py.minor < symbols[i].since || py.minor >= symbols[i].until)
            continue;
        void *address = find(where, symbols[i].name);
        if (!address && symbols[i].need == REQUIRED)
            return -1;
        *(void **)((char *)&py + symbols[i].member) = address;
    }
    if (py.minor >= 12) {
        py._PyEval_RequestCodeExtraIndex =
            py.PyUnstable_Eval_RequestCodeExtraIndex;
        py._PyCode_GetExtra = py.PyUnstable_Code_GetExtra;
        py._PyCode_SetExtra = py.PyUnstable_Code_SetExtra;
    }
    return 0;
}

/* == LAYOUT =============================================================== */

/* The type of int is type: where that pointer lies is ob_type. */
static int
measure_header(void)
{
    for (size_t at = sizeof(void *); at <= 4 * sizeof(void *);
         at += sizeof(void *)) {
        if (python_word(py.PyLong_Type, at) == (void *)py.PyType_Type) {
            py.type_offset = at;
            py.header_bytes = at + sizeof(void *);
            return 0;
        }
    }
    return -1;
}

static bool
defines(const struct method_definition *method, const char *name)
{
    return method && method->name && strcmp(method->name, name) == 0;
}

/* PyCFunctionObject is {header, m_ml, m_self, m_module}, PyMethodDescrObject is
 * {header, d_type, d_name, d_qualname, d_method} since 3.3: see whether they
 * still are. */
static int
check_c_functions(void)
{
    PyObject *function = py.PySys_GetObject("getrefcount");
    PyObject *method =
        py.PyObject_GetAttrString((PyObject *)py.PyUnicode_Type, "join");
    bool known =
        function && method && python_type(function) == py.PyCFunction_Type &&
        defines(python_word(function, py.header_bytes), "getrefcount") &&
        python_type(method) == py.PyMethodDescr_Type &&
        python_word(method, py.header_bytes) == (void *)py.PyUnicode_Type &&
        defines(python_word(method, py.header_bytes + 24), "join");
    if (method)
        py.Py_DecRef(method);
    return known ? 0 : -1;
}

int
python_measure(void)
{
    if (measure_header() < 0 || check_c_functions() < 0) {
        py.PyErr_Clear();
        return -1;
    }
    return 0;
}
