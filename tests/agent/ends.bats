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
attempt answered exception
attempt bare control
attempt broken exception
attempt cancelled_by_itself control
attempt closed_badly exception
attempt computed exception
attempt converted exception
attempt derived control
attempt empty control
attempt exhausted control
attempt failed exception
attempt failing exception
attempt fine control
attempt fine_at_first exception
attempt leaked exception
attempt leaving control
attempt named_alike exception
attempt nothing_left control
attempt of_no_bits control
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
        'steps = numbers()' 'next(steps)' 'try:' '    steps.throw(GeneratorExit)' 'except GeneratorExit:' '    pass' >spans.py
    record out.csv "$PY" spans.py
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

# own_ends: "FUNCTION HOW" of what an exception ended, of the program's own calls.
# Not every version closes what is alive at the end while it is recorded.
own_ends() {
    grep -E '/uncaught.py,' out.csv | cut -d, -f9,10 | grep -E '^(exception|control),' |
        sed -E 's/^([a-z]*),([^ ]*) .*/\2 \1/' | grep -vx 'numbers control' | sort -u
}

uncaught() {
    record out.csv "$PY" "$TARGETS/calls/uncaught.py" 2>/dev/null || true
    own_ends >actual
    diff -u - actual <<'END'
<module> exception
Closing.run exception
main exception
process_closes exception
stopped control
thread_leaves control
thread_stops exception
work exception
END
    record out.csv --c-calls=no "$PY" "$TARGETS/calls/uncaught.py" 2>/dev/null || true
    own_ends | diff -u actual -
    record out.csv "$PY" "$TARGETS/calls/uncaught.py" leave 2>/dev/null
    own_ends | grep -E '^(<module>|main) ' | diff -u - <(printf '%s control\n' '<module>' main)
}

@test "an exception that nobody catches is an error, unless it is an exit in order" {
    each_python uncaught
}

in_a_span() {
    cat >span.py <<'END'
import codesnap


def stops():
    raise StopIteration


with codesnap.trace("around"):
    try:
        stops()
    except StopIteration:
        print("caught")
END
    record out.csv --c-calls="$1" "$PY" span.py >said
    [ "$(cat said)" = caught ]
    grep -E 'span.py,' out.csv | cut -d, -f9,10 | grep '^control,stops '
}

@test "in a named span, too, such an exception is no error" {
    each_python in_a_span yes
    each_python in_a_span no
}
