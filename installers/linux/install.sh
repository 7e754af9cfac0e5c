#!/bin/sh
# Installs Inpaint Studio for this user, or removes it with --remove. Needs no administrator.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
place=$data/inpaint-studio/program
bin=$HOME/.local/bin
entry=$data/applications/inpaint-studio.desktop
icon=$data/icons/hicolor/scalable/apps/inpaint-studio.svg

if [ "${1:-}" = --remove ]; then
    rm -rf "$place" "$bin/inpaint-studio" "$entry" "$icon"
    echo "Inpaint Studio was removed; settings, networks of your own and the log stay."
    exit 0
fi
mkdir -p "$place" "$bin" "$(dirname "$entry")" "$(dirname "$icon")"
rm -rf "$place.new"
cp -R "$here" "$place.new"
rm -rf "$place"
mv "$place.new" "$place"
ln -sf "$place/inpaint-studio" "$bin/inpaint-studio"
cp "$place/share/inpaint-studio.svg" "$icon"
sed "s|^Exec=.*|Exec=\"$place/inpaint-studio\" %F|" "$place/share/inpaint-studio.desktop" > "$entry"
command -v update-desktop-database >/dev/null 2>&1 && update-desktop-database "$data/applications" || true
echo "Inpaint Studio is installed. Start it from the menu, or as $bin/inpaint-studio."
echo "To remove it: $place/install.sh --remove"
