#!/bin/sh
# Downloads BIND with apt-get, without root and without touching anything outside one folder.
#
#   get-bind.sh CACHE      CACHE is an absolute path
#
# Leaves CACHE/<release>/usr/sbin/named, the libraries that it needs and this machine lacks, and
# CACHE/<release>/version. They come from the release that this machine runs, because they go with its
# other libraries. Several copies may run at once: they take turns where flock exists, and in any
# case the release appears under its final name only when it is complete.

set -u
cache=$1

fail() {
  echo "$1" >&2
  exit 1
}

runs() {
  libraries=$(find "$1/usr/lib" -type d 2>/dev/null | tr '\n' ':')
  LD_LIBRARY_PATH=$libraries "$1/usr/sbin/named" -v >/dev/null 2>&1
}

mkdir -p "$cache" || fail "cannot write to $cache"
if command -v flock >/dev/null; then
  exec 9>"$cache/lock"
  flock -w 200 9 || fail 'another download of BIND has held its lock for 200 s'
fi
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$release" ] || fail 'this machine does not say which release of Debian it runs'
if runs "$cache/$release"; then exit 0; fi # Whoever held the lock before may have done the work already.

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail 'this machine has no apt-get'
work=$(mktemp -d "$cache/work.XXXXXX") || fail "cannot write to $cache"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# The machine's own sources and list of what is installed, but every path that apt writes to is ours.
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/root"
set -- -qq \
  -o Dir::State::lists="$work/lists" -o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" \
  -o Debug::NoLocking=1 -o APT::Sandbox::User= -o Acquire::Languages=none -o APT::Install-Recommends=false \
  -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20
apt-get "$@" update >&2 9>&- || fail 'apt-get update failed'
apt-get "$@" install --yes --download-only bind9 >&2 9>&- || fail 'apt-get has no bind9 for this machine'
for package in "$work"/archives/*.deb; do
  dpkg-deb -x "$package" "$work/root" || fail "cannot unpack $package"
done
dpkg-deb -f "$work"/archives/bind9_*.deb Version >"$work/root/version"
chmod 755 "$work/root"
runs "$work/root" || fail 'the BIND that was downloaded does not run here'
rm -rf "${cache:?}/$release"
mv -T "$work/root" "$cache/$release" 2>/dev/null || runs "$cache/$release" || fail "cannot write to $cache"
