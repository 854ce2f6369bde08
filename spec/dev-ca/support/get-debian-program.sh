#!/bin/sh
# Downloads one program of one Debian package with apt-get, without root and without touching
# anything outside one folder. For programs that need nothing beside themselves.
#
#   get-debian-program.sh CACHE PACKAGE PROGRAM      CACHE is an absolute path
#
# Leaves CACHE/<suite>/usr/bin/PROGRAM and CACHE/<suite>/version, for the first of the suites below
# whose program answers --version here. The mirror is the one that this machine is set up for.
# Several copies may run at once: they take turns where flock exists, and in any case a suite
# appears under its final name only when it is complete.

set -u
cache=$1 package=$2 program=$3
suites='sid trixie bookworm' # newest first

fail() {
  echo "$1" >&2
  exit 1
}

runs() {
  "$1/usr/bin/$program" --version >/dev/null 2>&1
}

mkdir -p "$cache" || fail "cannot write to $cache"
if command -v flock >/dev/null; then
  exec 9>"$cache/lock"
  flock -w 120 9 || fail "another download of $package has held its lock for 120 s"
fi
for suite in $suites; do # Whoever held the lock before may have done the work already.
  if runs "$cache/$suite"; then exit 0; fi
done

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail 'this machine has no apt-get'
arch=$(dpkg --print-architecture) || fail 'dpkg does not say which architecture this is'
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || fail 'no Debian archive keyring on this machine'
site=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  awk '$2 !~ /security|updates|backports/ && $3 == "main" { print $1; exit }')
[ -n "$site" ] || fail 'apt-get knows no mirror with a "main" component'

work=$(mktemp -d "$cache/work.XXXXXX") || fail "cannot write to $cache"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

for suite in $suites; do
  apt=$work/apt-$suite
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/deb" "$apt/none"
  echo "deb [arch=$arch signed-by=$keyring] $site $suite main" >"$apt/sources.list"
  # Every path of apt's points into our folder; none of the machine's own settings is in force.
  set -- -qq \
    -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts="$apt/none" \
    -o Dir::Etc::preferences="$apt/none/file" -o Dir::Etc::preferencesparts="$apt/none" \
    -o Dir::State="$apt" -o Dir::State::lists="$apt/lists" -o Dir::State::status=/dev/null \
    -o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives" \
    -o APT::Sandbox::User= -o APT::Default-Release= -o Acquire::Languages=none \
    -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20
  apt-get "$@" update >&2 9>&- || continue
  (cd "$apt/deb" && apt-get "$@" download "$package") >&2 9>&- || continue

  root=$work/$suite
  mkdir "$root" || continue
  dpkg-deb -x "$apt/deb/$package"_*.deb "$root" || continue
  dpkg-deb -f "$apt/deb/$package"_*.deb Version >"$root/version"
  chmod 755 "$root"
  runs "$root" || continue
  # -T: without it a folder that another process made first would be moved into, not replaced.
  mv -T "$root" "$cache/$suite" 2>/dev/null || runs "$cache/$suite" || continue
  exit 0
done
fail "no suite of $site ($suites) gave a $program that runs here"
