#!/bin/sh
# Inpaint Studio: unpacks itself and installs for this user. --extract DIR only unpacks.
set -eu
lines=20
target=${TMPDIR:-/tmp}/inpaint-studio-$$
keep=no
if [ "${1:-}" = --extract ]; then
    target=${2:?name a folder after --extract}
    keep=yes
fi
mkdir -p "$target"
tail -n +"$lines" "$0" | tar -xz -C "$target" --strip-components 1
if [ "$keep" = yes ]; then
    echo "Unpacked into $target; start $target/inpaint-studio"
    exit 0
fi
sh "$target/install.sh"
rm -rf "$target"
exit 0
