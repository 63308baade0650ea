# SPDX-License-Identifier: Apache-2.0
#
# awk -v minor=11 -f tests/symbols.awk agent/cpython/abi/symbols.def: a C file that
# compiles if the rows for that Python agree with its headers.  Rows whose type
# is another one in each version are known here, and are not compared.

BEGIN {
    differs["PyUnstable_Module_SetGIL"]     # free-threaded builds alone
    differs["PyUnicode_AsUTF8AndSize"]      # of char * in 3.6
    differs["PyArg_ParseTupleAndKeywords"]  # of char *const * from 3.13 on
    differs["Py_CompileString"]             # a macro up to 3.9
    differs["PyInit_gc"]                    # in no header up to 3.9
    differs["PyMem_GetAllocator"]           # no struct of CPython's here
    differs["_PyEval_EvalFrameDefault"]
    differs["_PyInterpreterState_GetEvalFrameFunc"]
    differs["_PyInterpreterState_SetEvalFrameFunc"]
    print "#include <Python.h>\n#include <frameobject.h>"
    print "#if PY_MINOR_VERSION != " minor
    print "#    error \"these are the headers of another version\"\n#endif"
}

function trim(text) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}

function same(name, type, what) {
    printf "_Static_assert(__builtin_types_compatible_p(__typeof__(%s%s), %s),\n" \
           "    \"symbols.def: %s has another type in Python 3.%d\");\n",
           what, name, type, name, minor
}

/^SYMBOL\(/ {
    split($0, field, ",")
    name = trim(field[5])
    arguments = substr($0, index($0, name) + length(name))
    sub(/^[ ,]*/, "", arguments)
    sub(/\)[ \t]*$/, "", arguments)
    sub(/^SYMBOL\(/, "", field[1])
    if (field[1] + 0 > minor || field[2] + 0 <= minor)
        next
    if (!(name in differs))
        same(name, "__typeof__(" trim(field[4]) " (*)" arguments ")", "&")
    rows++
}

/^OBJECT\(REQUIRED/ {
    split($0, field, /[,()]/)
    same(trim(field[4]), trim(field[3]), "")
    rows++
}

END {
    if (!rows)
        print "#error \"symbols.def has no rows that this reads\""
}
