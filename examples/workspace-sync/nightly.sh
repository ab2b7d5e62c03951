#!/bin/sh
# What a night has to do: publish, fetch who registered, show it to the organisers, write to people, forget in time.
# Silent if all is well; with --tell it says what it did. It leaves with 1 if a person has to look, and whatever can go on
# without that person goes on.
cd "$(dirname "$0")" || exit 1
if [ -f secrets.env ]; then . ./secrets.env; fi
tell=${1:-}
worst=0

step() {
    report=$("$@" 2>&1)
    code=$?
    if [ "$code" -ne 0 ]; then worst=1; fi
    if [ "$code" -ne 0 ] || [ -n "$tell" ]; then printf '$ %s\n%s\n' "$*" "$report"; fi
}

briefingkit plan --json > plan.json
case $? in
    0) ;;                                # every target is in step
    3) step briefingkit apply --yes ;;   # changes are pending; it leaves out what somebody's hand stands in the way of
    *) step briefingkit plan ;;          # no plan: a file is wrong, or a target out of reach
esac
step briefingkit registrations pull
step briefingkit registrations mirror
step briefingkit mail send
step briefingkit registrations expire
exit "$worst"
