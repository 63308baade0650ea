# SPDX-License-Identifier: Apache-2.0
#
# join.awk: viewer.html with each of its parts put in its place.  Lines that
# hold data-raw are for the template alone and are left out; the policy, which
# would also forbid the template its parts, is put in force.

function name_of(line) {
    sub(/^[^"]*(src|href)="/, "", line)
    sub(/".*/, "", line)
    return line
}

function part(open, line, close_,    name) {
    name = name_of(line)
    print open
    while ((got = (getline line < (folder name))) > 0)
        print line
    if (got < 0) {
        print "join.awk: cannot read " folder name > "/dev/stderr"
        exit 1
    }
    print close_
}

BEGIN {
    folder = ARGV[1]
    sub(/[^\/]*$/, "", folder)
}
/data-raw/ { next }
/^<link rel="stylesheet" href=/ {
    sub(/^<link rel="stylesheet" /, "")
    part("<style>", $0, "</style>")
    next
}
/^<script src=/ {
    sub(/^<script /, "")
    part("<script data-part=\"" name_of($0) "\">", $0, "</script>")
    next
}
{
    sub(/name="policy"/, "http-equiv=\"Content-Security-Policy\"")
    print
}
