# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Whole systems in folders, for the tests.  Who sources this defines `skip`,
# which ends with a reason where one can't be made.

# The mirror of Debian's own main archive that apt is set up with.
debian_mirror() {
    apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI)' \
        'Created-By: Packages' 2>/dev/null |
        awk '$1 == "Debian" && $2 == "main" && $3 !~ /security/ { print $3; exit }'
}

can_debootstrap() {
    [[ $EUID -eq 0 ]] || skip "needs root"
    command -v debootstrap >/dev/null || skip "needs debootstrap (apt-get install debootstrap)"
    unshare --mount true 2>/dev/null || skip "mount namespaces are not allowed here"
}
