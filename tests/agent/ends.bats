#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Which calls end by an error, and which by an exception that is none.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

# ends OPTION...: what exceptions ended, of the target and the C functions it calls.
ends() {
    record out.csv "$@" "$PY" "$TARGETS/calls/ends.py"
    "$PYTHON" "$TESTS/ends.py" out.csv ends.py next send throw close exit pop
}

with_c_calls() {
    ends >actual
    at_least 3.7 || sed -i 's/^\(attempt leaked\|leaked next\) control/\1 exception/' actual
    diff -u - actual <<'END'
- inner control
- middle control
- outer control
attempt bare control
attempt broken exception
attempt cancelled_by_itself control
attempt closed_badly exception
attempt converted exception
attempt derived control
attempt empty control
attempt exhausted control
attempt failing exception
attempt leaked exception
attempt leaving control
attempt named_alike exception
attempt nothing_left control
attempt popped control
attempt sent control
attempt thrown control
attempt thrown_badly exception
badly exit exception
broken next exception
close numbers control
close objects exception
closed_badly close exception
converted next exception
empty next control
exhausted next control
failing badly exception
inside exit control
leaked next exception
leaks next control
leaving inside control
next __next__ control
next breaks exception
next leaks exception
nothing_left next control
popped pop exception
read __anext__ control
sent send control
throw numbers control
throw numbers exception
thrown throw control
thrown_badly throw exception
END
}

@test "an exception that ends a call is an error, or none" {
    each_python with_c_calls
}

# Then the caller of a Python function is the Python function further out.
without() {
    ends | grep -E '^(-|attempt|leaving|failing) ' >expected
    ends --c-calls=no | grep -E '^(-|attempt|leaving|failing) ' >actual
    diff -u expected actual
    grep -x 'attempt leaving control' actual
}

@test "without C calls the ends of Python functions are the same" {
    each_python without
}

with_spans() {
    printf '%s\n' 'import codesnap' '@codesnap.trace' 'def numbers():' '    yield 1' \
        'steps = numbers()' 'next(steps)' 'steps.throw(GeneratorExit)' >spans.py
    record out.csv "$PY" spans.py 2>/dev/null || true
    cut -d, -f9,10 out.csv >actual
    grep -x 'control,numbers' actual
    grep -x 'control,numbers (spans.py:[0-9]*)' actual
}

@test "so are those of the named spans around them" {
    each_python with_spans
}

for_ever() {
    record out.csv "$PY" -c '
def ended():
    raise StopIteration
def failed():
    raise ValueError
for i in range(20000):
    for function in ended, failed:
        try:
            function()
        except (StopIteration, ValueError):
            pass'
    [[ $(grep -c ',control,ended ' out.csv) == 20000 ]]
    [[ $(grep -c ',exception,failed ' out.csv) == 20000 ]]
}

@test "wherever the record of the end lies" {
    each_python for_ever
}
