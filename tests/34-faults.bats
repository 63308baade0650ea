#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Whatever of ours fails, the program does what it does untraced, and what was
# recorded until then is there and says that there is no more.

setup() {
    load helpers
    load pythons
    load record
    cd "$BATS_TEST_TMPDIR" || return 1
    FAULTS=$BATS_TEST_DIRNAME/faults
}

@test "what can fail in the agent is in the table of what is made to fail" {
    # These can't, or are asked in a way that makes no difference.
    local harmless='environ|__environ|__errno_location|PyImport_Inittab|dlsym|dl_iterate_phdr|close|closedir'
    harmless+='|clock_gettime|free|getauxval|getenv|get(pp|p)id|mem[a-z]*|str[a-z]*|qsort(_r)?|readdir|sched_yield'
    harmless+='|syscall|sysconf|v?s?n?d?printf|asprintf|pthread_(self|attr_.*)|_ITM.*|__cxa_finalize|__gmon_start__|.*san_.*'
    nm -D --undefined-only "$CODESNAP_BUILD/libcodesnap_agent.so" | awk '{ sub(/@.*/, "", $2); print $2 }' |
        grep -vxE "$harmless" | sort >asked
    {
        sed -n 's/^FAULT([^,]*, \([a-z_]*\),.*/\1/p' "$FAULTS/faults.def"
        printf '%s\n' malloc calloc realloc mremap open prctl
    } | sort >known
    comm -23 asked known | tee missing
    [ ! -s missing ]
}

in_turn() {
    "$PYTHON" "$FAULTS/faults.py" "$CODESNAP_BUILD" "$PY" --every 9 --first $((1 + RANDOM % 9)) 3>&- 4>&-
}

@test "a call of the agent's that fails hurts no program, and is said (make faults: all of them)" {
    each_python in_turn
}

@test "so does all that follows it" {
    PY=$(a_python) "$PYTHON" "$FAULTS/faults.py" "$CODESNAP_BUILD" "$(a_python)" --every 5 --on 3>&- 4>&-
}

@test "so does the conversion at a program's exit" {
    "$PYTHON" "$FAULTS/faults.py" "$CODESNAP_BUILD" "$(a_python)" --alone --every 97 3>&- 4>&-
}
