# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Once for the whole run: find the interpreters and say which there are.

setup_suite() {
    # shellcheck source=pythons.bash disable=SC1091
    source "${BASH_SOURCE[0]%/*}/pythons.bash"
    export CODESNAP_PYTHONS=$BATS_SUITE_TMPDIR/pythons
    pythons_find >"$CODESNAP_PYTHONS"
    pythons_report "$CODESNAP_PYTHONS" >&3
}
