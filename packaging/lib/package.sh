# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What build-rpm.sh and build-deb.sh have in common: the version and the source archive. Works in a
# git checkout and in an unpacked archive.

# cv_version ROOT: as CMakeLists.txt has it.
cv_version() {
  sed -n 's/^project(containerview VERSION \([0-9.]*\).*/\1/p' "$1/CMakeLists.txt"
}

# cv_source_epoch ROOT: the time that every file in the archive carries.
cv_source_epoch() {
  if [ -e "$1/.git" ]; then
    git -C "$1" log -1 --format=%ct
  else
    stat -c %Y "$1/CMakeLists.txt" # as cv_source_archive made it
  fi
}

# cv_source_files ROOT: what belongs to the sources, with uncommitted changes, one a line.
cv_source_files() {
  if [ -e "$1/.git" ]; then
    git -C "$1" -c core.quotePath=off ls-files | while read -r file; do
      if [ -e "$1/$file" ] || [ -L "$1/$file" ]; then echo "$file"; fi
    done
  else
    (cd "$1" && find . \( -path ./build -o -name __pycache__ \) -prune -o ! -type d -print)
  fi | LC_ALL=C sort
}

# cv_source_archive ROOT FILE.tar.xz: the same sources make the same bytes.
cv_source_archive() {
  cv_source_files "$1" |
    tar -C "$1" --create --xz --file "$2" --no-recursion --files-from - --format=gnu \
      --mtime="@$(cv_source_epoch "$1")" --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw \
      --transform "flags=rH;s,^\(\./\)\?,containerview-$(cv_version "$1")/,"
}
