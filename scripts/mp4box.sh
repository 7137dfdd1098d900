#!/usr/bin/env bash
# Makes GPAC's MP4Box, which the tests ask what it thinks of our MP4, an executable FOLDER/MP4Box:
#   scripts/mp4box.sh FOLDER        (then: KVS_MP4BOX=FOLDER/MP4Box npm test)
# It installs nothing on the machine.
#
# Debian 12 dropped gpac; Debian 11 has it. What it links there does not go with the libraries of later releases, so all
# of that is unpacked beside it, libc included, and it starts with the dynamic linker of that libc. apt works out what is
# needed, with lists and a state of its own: it sees neither the packages nor the sources of the machine.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)

if system=$(command -v MP4Box); then
  ln -sf "$system" "$folder/MP4Box"
  echo "MP4Box of this machine: $system"
  exit
fi
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || { echo "MP4Box: without $tool, install it yourself (gpac)" >&2; exit 1; }
done

root=$folder/root
apt=$folder/apt
trap 'rm -rf "$apt"' EXIT
mkdir -p "$root" "$apt/state/lists/partial" "$apt/cache/archives/partial"

# Taken for installed: drivers of graphics cards with LLVM behind them, a quarter of all there would be to fetch. They are
# loaded to draw, and nothing draws here.
cat >"$apt/status" <<STATUS
Package: libgl1-mesa-dri
Status: install ok installed
Architecture: $(dpkg --print-architecture)
Maintainer: nobody
Version: 999
Description: not needed
STATUS

# The sandbox's user could not write to a folder of ours.
private_apt() {
  apt-get -qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State="$apt/state" -o Dir::State::Status="$apt/status" -o Dir::Cache="$apt/cache" \
    -o APT::Sandbox::User=root -o Debug::NoLocking=1 -o APT::Install-Recommends=false \
    -o Acquire::Languages=none -o Acquire::Retries=2 -o Acquire::http::Timeout=10 "$@"
}

# The machine's own mirror of Debian; it has Debian 11 beside its own release as long as that is kept there.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' 'Identifier: Packages' | sed -n '1s|/$||p')
[ -n "$mirror" ] || { echo 'MP4Box: this machine knows no mirror of Debian; install it yourself (gpac)' >&2; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bullseye main" >"$apt/sources.list"
private_apt update && private_apt install -y --download-only gpac ||
  { echo "MP4Box: the machine's mirror does not have the gpac of Debian 11" >&2; exit 1; }

printf '%s\0' "$apt"/cache/archives/*.deb | xargs -0 -n 1 -P 2 bash -euo pipefail -c \
  'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$0" --exclude=./usr/share --exclude=./etc --exclude=./var' "$root"

linker=$(echo "$root"/lib/*-linux-gnu/ld-2.*.so)
libraries=$(printf '%s:' "$root"/lib/*-linux-gnu "$root"/usr/lib/*-linux-gnu "$root"/usr/lib/*-linux-gnu/pulseaudio)
# It keeps notes in its user's home.
cat >"$folder/MP4Box" <<RUN
#!/bin/sh
HOME='$folder' exec '$linker' --library-path '${libraries%:}' '$root/usr/bin/MP4Box' "\$@"
RUN
chmod +x "$folder/MP4Box"
"$folder/MP4Box" -version 2>&1 | sed -n 1p
