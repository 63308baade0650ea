#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Whatever of ours fails, the program does what it does untraced, and what was
# recorded until then is there and says that there is no more.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
    FAULTS=$TESTS/faults
}

@test "what can fail in the agent is in the table of what is made to fail" {
    # These can't, or are asked in a way that makes no difference.
    local harmless='environ|__environ|__errno_location|PyImport_Inittab|dlsym|dl_iterate_phdr|close|closedir'
    harmless+='|_r_debug|__libc_stack_end|getrusage|t(destroy|find|search)' # tsearch asks malloc
    harmless+='|clock_gettime|time|localtime_r|free|getauxval|getenv|get(pp|p)id|mem[a-z]*|st[pr][a-z]*|qsort(_r)?|inet_ntop|readdir|sched_yield'
    harmless+='|syscall|sysconf|v?s?n?d?printf|asprintf|pthread_(self|getcpuclockid|attr_.*)|_ITM.*|__cxa_finalize|__gmon_start__|.*san_.*'
    nm -D --undefined-only "$CODESNAP_BUILD/libcodesnap_agent.so" | awk '{ sub(/@.*/, "", $2); print $2 }' |
        grep -vxE "$harmless" | sort >asked
    {
        sed -n 's/^FAULT([^,]*, \([a-z_]*\),.*/\1/p' "$FAULTS/faults.def"
        printf '%s\n' malloc calloc realloc mmap mremap open prctl
    } | sort >known
    comm -23 asked known | tee missing
    [ ! -s missing ]
}

# Behind each mapping of the agent's lies a page that nobody may touch.
fenced() {
    local target option words
    for target in 'calls/apart.py 12000' 'calls/deep.py 900' 'calls/many.py 30000' calls/hostile.py \
        calls/recursion_error.py 'threads/manythreads.py 100' processes/faults.py; do
        for option in --c-calls=yes --c-calls=no; do
            read -ra words <<<"$option $PY $TARGETS/$target"
            FAULT_GUARD=1 LD_PRELOAD="$CODESNAP_BUILD/tests/libfault.so" record t.json "${words[@]}" >/dev/null
            grep -F '"lost":0,' t.json >/dev/null
        done
    done
}

@test "the agent writes nothing behind its own memory" { each_python fenced; }

in_turn() {
    "$PYTHON" "$FAULTS/faults.py" "$CODESNAP_BUILD" "$PY" --every 9 --first $((1 + RANDOM % 9)) 3>&- 4>&-
}

@test "a call of the agent's that fails hurts no program, and is said (make faults: all of them)" {
    each_python in_turn
}

@test "so does a quota that is used up, from any call on" {
    local quota
    quota=$("$PYTHON" -c 'import errno; print(errno.EDQUOT)')
    "$PYTHON" "$FAULTS/faults.py" "$CODESNAP_BUILD" "$(a_python)" --every 7 --on --errno "$quota" 3>&- 4>&-
}

@test "so does all that follows it" {
    PY=$(a_python) "$PYTHON" "$FAULTS/faults.py" "$CODESNAP_BUILD" "$(a_python)" --every 5 --on 3>&- 4>&-
}

@test "so does the conversion at a program's exit" {
    "$PYTHON" "$FAULTS/faults.py" "$CODESNAP_BUILD" "$(a_python)" --alone --every 97 3>&- 4>&-
}

# same KIND [WRAPPER...]: it says and ends the same traced and untraced, and leaves a
# record that can be read.  What the launcher says is in said.
same() {
    local kind=$1
    shift
    same_target besieged.py "$kind" -- "$@"
}

# same_target TARGET [ARG...] [-- WRAPPER...]: the same of any.
same_target() {
    local options plain=0 traced=0 target=("$TARGETS"/*/"$1")
    shift
    while (($#)) && [[ $1 != -- ]]; do
        target+=("$1")
        shift
    done
    shift $(($# > 0))
    rm -rf t.json*
    "$@" timeout 100 "$PY" "${target[@]}" >plain.out 2>plain.err 3>&- 4>&- || plain=$?
    for options in --c-calls=yes --c-calls=no; do
        traced=0
        "$@" timeout 100 "$CODESNAP_BUILD/codesnap-run" $options ${SPOOL+--spool="$SPOOL"} -o t.json \
            "$PY" "${target[@]}" >traced.out 2>all.err 3>&- 4>&- || traced=$?
        grep -v '^codesnap: ' all.err >traced.err || true
        grep '^codesnap: ' all.err >said
        cat said
        diff plain.out traced.out
        diff plain.err traced.err
        [ "$plain" -eq "$traced" ]
        [ ! -e t.json ] || "$PYTHON" "$COMPARE" check t.json
    done
}

# From 3.12 on CPython itself dies of it, sooner or later.
no_memory() {
    if ! at_least 3.12; then
        same no_memory
        return
    fi
    rm -rf t.json*
    timeout 100 "$CODESNAP_BUILD/codesnap-run" -o t.json "$PY" "$TARGETS"/*/besieged.py no_memory >out 2>all.err 3>&- 4>&- || true
    "$PYTHON" "$COMPARE" check t.json
}

@test "threads with the smallest stacks live as untraced" { each_python same small_stacks; }
@test "a RecursionError comes where it comes untraced, at any limit" { each_python same depths; }
@test "a signal handler that runs Python at any instant changes nothing" { each_python same ticks; }
@test "nor does one that raises" { each_python same raises; }
@test "a heap that is exhausted again and again changes nothing" { each_python no_memory; }
@test "nor does too little address space" { each_python same little_space; }
@test "nor do closed descriptors, and none to be had" { each_python same no_descriptors; }
@test "nor does a limit to the size of files" { each_python same no_file_space; }

jumps() {
    local leave
    for leave in "./jumps.so jump_over jump" "./throws.so jump_over jump" "./throws.so throw_over throw_it"; do
        [[ -e ${leave%% *} ]] || continue
        # shellcheck disable=SC2086 # words
        same_target jumps.py $leave
        "$PYTHON" "$COMPARE" names t.json jumps.py | tee names
        grep -Fx '30 called (jumps.py:23)' names
        grep -Fx '60 leaf (jumps.py:13)' names
        grep -Fx '20 left (jumps.py:17)' names
        grep -Fx '30 once (jumps.py:33)' names
        grep '40 calls ended unseen' said
    done
}

@test "calls that C leaves by longjmp, or C++ by an exception, are closed with their caller, and said" {
    needs "${CC:-cc}"
    "${CC:-cc}" -shared -fPIC "$TARGETS/tools/jumps.c" -o jumps.so
    "${CXX:-c++}" -x c++ -shared -fPIC "$TARGETS/tools/jumps.c" -o throws.so || echo "# no C++ here" >&3
    each_python eval '[[ $HOW == chroot ]] || jumps'
}

forks() {
    same forks
    "$PYTHON" "$COMPARE" names t.json besieged.py | grep '^20 in_child '
    # A main thread and another one, and none of the parent's.
    "$PYTHON" - t.json <<'END'
import collections, json, sys
tracks = collections.defaultdict(set)
for event in json.load(open(sys.argv[1]))["traceEvents"]:
    if event["ph"] in "XB":
        tracks[event["pid"]].add(event["tid"])
assert sorted(map(len, tracks.values())) == [2] * 20 + [5], tracks
END
}

@test "children that are forked while other threads record write their own tracks" {
    each_python forks
}

@test "a small C stack changes nothing" {
    each_python same small_stack bash -c 'ulimit -s 256 && exec "$@"' -
}

read_only() {
    same folder_read_only "$@"
    grep '1 program could not create a file in the session' said
}

@test "nor does a session that becomes read-only; who can't join it is counted" {
    local plain_root=()
    # Root without its rights, or else nothing is read-only.
    ((EUID)) || plain_root=(setpriv --bounding-set=-all --inh-caps=-all)
    needs "${plain_root[@]::1}"
    each_python eval '[[ $HOW == chroot ]] || read_only "${plain_root[@]}"'
}

@test "nor does one that is removed" {
    each_python same folder_removed
    grep 'the session folder is gone' said
}

@test "nor does one in whose place the program puts a file" {
    each_python same folder_replaced
    grep 'the session folder is gone' said
}

root_changed() {
    same root_changed
    "$PYTHON" "$COMPARE" names t.json besieged.py | grep '^221100 step '
}

@test "nor does another root folder, which is recorded" {
    needs_root
    each_python root_changed
}

forbidden() {
    local calls
    export CODESNAP_AGENT=$CODESNAP_BUILD/libcodesnap_agent.so # is found by readlink else
    for calls in madvise mremap madvise,prctl ftruncate gettid uname,sched_yield,gettid; do
        echo "forbidden: $calls"
        same just_work "$CODESNAP_BUILD/tests/forbid" "$calls"
    done
    for calls in madvise uname,sched_yield,gettid; do
        echo "forbidden: $calls, small stacks"
        same small_stacks "$CODESNAP_BUILD/tests/forbid" "$calls"
    done
}

@test "a kernel that refuses our system calls changes nothing" {
    "$CODESNAP_BUILD/tests/forbid" uname true || skip "no seccomp here"
    each_python forbidden
}

full() {
    rm -rf small/*
    SPOOL=small same just_work
    grep -E 'no space was left|nothing was recorded' said
}

@test "a full disk ends the recording, says so, and changes nothing" {
    needs_root
    mkdir small && mount -t tmpfs -o size=160k codesnap-test small 2>/dev/null || skip "no tmpfs can be mounted"
    each_python full || { umount -l small; return 1; }
    umount -l small
}

without_proc() {
    export CODESNAP_AGENT=$CODESNAP_BUILD/libcodesnap_agent.so
    same just_work unshare -m sh -c 'umount -l /proc; exec "$@"' -
}

@test "a system without /proc changes nothing" {
    needs_root
    unshare -m sh -c 'umount -l /proc' || skip "/proc can't be unmounted here"
    each_python eval '[[ $HOW == chroot ]] || without_proc'
}
