# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The interpreters that the tests run on: one line each, `version|path|how`,
# how is shared (has a libpython), static, or chroot (Debian sid, entered
# through a program of tests/pythons/enter.c).  Real programs, no shims.
# PYTHONS_FOUND="PATH..." takes their place, to test on one alone.

pythons_wanted=(3.6 3.7 3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.15)

# The paths of every Python that may be here.
pythons_paths() {
    if [[ ${PYTHONS_FOUND-} ]]; then
        # shellcheck disable=SC2086 # one word each
        printf '%s\n' $PYTHONS_FOUND
        return
    fi
    local root=${PYENV_ROOT:-${HOME-}/.pyenv}
    local path
    for path in "$root"/versions/3.*/bin/python3.* /usr/bin/python3.* \
        /usr/local/bin/python3.* "$CODESNAP_BUILD"/pythons/python3.*; do
        [[ -x $path && $path =~ /python3\.[0-9]+t?$ ]] && echo "$path"
    done
}

# PATH: how that interpreter is built.
pythons_how() {
    if [[ $1 == "$CODESNAP_BUILD"/* ]]; then
        echo chroot
    elif readelf -d "$1" 2>/dev/null | grep -q 'NEEDED.*libpython'; then
        echo shared
    else
        echo static
    fi
}

# The debug builds among them, which only CPython's own tests run on.
pythons_debug_paths() {
    local path
    [[ ${PYTHONS_FOUND-} ]] && return
    for path in /usr/bin/python3.*-dbg "$CODESNAP_BUILD"/pythons/python3.*-dbg; do
        [[ -x $path ]] && echo "$path"
    done
}

# Print the table, oldest first; an interpreter that does not start is left out.
pythons_find() { pythons_paths | pythons_table; }
pythons_find_debug() { pythons_debug_paths | pythons_table; }

# The table of the paths on stdin.
pythons_table() {
    local path version
    while read -r path; do
        version=$("$path" -I -S -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' \
            2>/dev/null </dev/null) || continue
        echo "$version|$path|$(pythons_how "$path")"
    done | sort -t '|' -k 1,1V -k 2
}

# TABLE: say what is in it, and which versions nobody has here.
pythons_report() {
    local version path how wanted
    while IFS='|' read -r version path how; do
        echo "# Python $version $path $how"
    done <"$1"
    [[ ${PYTHONS_FOUND-} ]] && return
    for wanted in "${pythons_wanted[@]}"; do
        grep -q "^${wanted//./\\.}\\." "$1" || echo "# Python $wanted is not here: skipped"
    done
}

# each_python COMMAND...: run it once on each of them, with PY, VERSION and HOW
# set.  Goes on after a failure, and fails at the end if there was one.  Not
# inside a condition: there `set -e` has no effect.
each_python() {
    local failed=() status PY VERSION HOW
    while IFS='|' read -r VERSION PY HOW <&4; do
        export PY VERSION HOW
        echo "== $VERSION $PY $HOW"
        set +e
        (set -e; "$@") 4<&-
        status=$?
        set -e
        ((status == 0)) || failed+=("$VERSION ($HOW)")
    done 4<"$CODESNAP_PYTHONS"
    [[ ${#failed[@]} -eq 0 ]] || {
        echo "failed on: ${failed[*]}"
        return 1
    }
}

# at_least 3.8: is VERSION that or newer?
at_least() { [[ $(printf '%s\n%s\n' "$1" "$VERSION" | sort -V | head -n 1) == "$1" ]]; }
