#!/bin/sh
# Shows copylast on the sample project: the Dockerfile wrong, the fix, the Dockerfile right.
# Usage: sh examples/try.sh [COPYLAST]     Works on a copy; the sample itself stays as it is.
set -u
copylast=${1:-copylast}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
case $copylast in */*) copylast=$(CDPATH='' cd -- "$(dirname -- "$copylast")" && pwd)/${copylast##*/} ;; esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cp -R "$here/notes" "$work/notes" || exit 1
cd "$work/notes" || exit 1

echo "== what is wrong"
"$copylast" check --isolated .
[ $? -eq 1 ] || { echo "expected one finding" >&2; exit 1; }
echo
echo "== fixed"
"$copylast" check --isolated --fix . || exit 1
echo
cat Dockerfile
echo
echo "== and now"
"$copylast" check --isolated . || exit 1
