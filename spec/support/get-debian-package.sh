#!/bin/sh
# Downloads a Debian package with apt-get, without root and without touching anything outside one folder.
#
#   get-debian-package.sh CACHE PACKAGE CHECK [SUITE...]      CACHE is an absolute path
#
# Leaves CACHE/<suite> with what is in the package, and its version in CACHE/<suite>/version. CHECK is a
# command for sh that ends with 0 where the package runs; it is run in that folder and finds the libraries
# that are there.
#
# With SUITES: the package alone, of the first suite whose package runs here, from the mirror that this
# machine is set up for. Without: of the release that this machine runs, and with it the packages that it
# needs and this machine lacks, because those go with its other libraries.
#
# Several copies may run at once: they take turns where flock exists, and in any case a suite appears under
# its final name only when it is complete.

set -u
cache=$1 package=$2 check=$3
shift 3
suites=$*

fail() {
  echo "$1" >&2
  exit 1
}

runs() (
  cd "$1" 2>/dev/null || exit 1
  LD_LIBRARY_PATH=$(find "$PWD/usr/lib" "$PWD/lib" -name '*.so*' -exec dirname {} + 2>/dev/null | sort -u | tr '\n' ':')
  export LD_LIBRARY_PATH
  sh -c "$check" >/dev/null 2>&1
)

mkdir -p "$cache" || fail "cannot write to $cache"
if command -v flock >/dev/null; then
  exec 9>"$cache/lock"
  flock -w 200 9 || fail "another download of $package has held its lock for 200 s"
fi
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$suites$release" ] || fail 'this machine does not say which release of Debian it runs'
for suite in ${suites:-$release}; do # Whoever held the lock before may have done the work already.
  if runs "$cache/$suite"; then exit 0; fi
done

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail 'this machine has no apt-get'
if [ -n "$suites" ]; then
  arch=$(dpkg --print-architecture) || fail 'dpkg does not say which architecture this is'
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -r "$keyring" ] || fail 'no Debian archive keyring on this machine'
  site=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 !~ /security|updates|backports/ && $3 == "main" { print $1; exit }')
  [ -n "$site" ] || fail 'apt-get knows no mirror with a "main" component'
fi

work=$(mktemp -d "$cache/work.XXXXXX") || fail "cannot write to $cache"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Leaves $2/archives/*.deb, from the suite $1. Every path that apt-get writes to is in that folder, and the
# machine's own sandbox user, which would need root, is not in force.
get() {
  suite=$1 apt=$2
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/none"
  set -- -qq \
    -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives" \
    -o Debug::NoLocking=1 -o APT::Sandbox::User= -o APT::Install-Recommends=false -o Acquire::Languages=none \
    -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20
  if [ -z "$suites" ]; then
    apt-get "$@" update && apt-get "$@" install --yes --download-only "$package"
  else
    echo "deb [arch=$arch signed-by=$keyring] $site $suite main" >"$apt/sources.list"
    # Nor is anything that could hide the package: other sources, pinning, a default release.
    set -- "$@" \
      -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts="$apt/none" \
      -o Dir::Etc::preferences="$apt/none/file" -o Dir::Etc::preferencesparts="$apt/none" \
      -o Dir::State="$apt" -o Dir::State::status=/dev/null -o APT::Default-Release=
    apt-get "$@" update && (cd "$apt/archives" && apt-get "$@" download "$package")
  fi
}

for suite in ${suites:-$release}; do
  apt=$work/apt-$suite root=$work/$suite
  get "$suite" "$apt" >&2 9>&- || continue
  mkdir "$root" || continue
  for each in "$apt"/archives/*.deb; do
    dpkg-deb -x "$each" "$root" || continue 2
  done
  dpkg-deb -f "$apt/archives/$package"_*.deb Version >"$root/version"
  chmod 755 "$root"
  runs "$root" || continue
  if runs "$cache/$suite"; then exit 0; fi # Without flock another copy may have been faster.
  rm -rf "${cache:?}/$suite"
  # -T: without it a folder that another copy makes at this moment would be moved into, not replaced.
  mv -T "$root" "$cache/$suite" 2>/dev/null || runs "$cache/$suite" || continue
  exit 0
done
fail "apt-get has no $package that runs here (${suites:-$release})"
