# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the build and the tests need from the distribution, and how to get it. Sourced by
# packaging/try.sh and tests/run.sh; POSIX sh, defines functions and prints nothing by itself.

# cv_package_manager OS_RELEASE: apt | dnf | none, by the distribution that the file names rather
# than by which tools happen to be installed.
cv_package_manager() {
  family=
  if [ -r "$1" ]; then
    # shellcheck source=/dev/null
    family=$(. "$1" && echo "${ID:-} ${ID_LIKE:-}")
  fi
  case " $family " in
    *' debian '* | *' ubuntu '*) echo apt ;;
    *' fedora '* | *' rhel '* | *' centos '*) echo dnf ;;
    *) echo none ;;
  esac
}

# cv_build_packages MANAGER: the library and the tools, and procps to compare them with.
cv_build_packages() {
  case $1 in
    apt) echo g++ cmake ninja-build pkg-config libfmt-dev nlohmann-json3-dev \
      libexpected-dev procps util-linux mount ;;
    # libstdc++-static: the release preset folds libstdc++ into the tools.
    dnf) echo gcc-c++ libstdc++-static cmake ninja-build pkgconf-pkg-config fmt-devel \
      json-devel expected-devel procps-ng util-linux ;;
  esac
}

# cv_test_packages MANAGER: on top of those, everything that tests/run.sh runs.
cv_test_packages() {
  case $1 in
    apt) echo libgtest-dev libbenchmark-dev clang libclang-rt-dev clang-tidy clang-format \
      valgrind abigail-tools binutils \
      python3 python3-jsonschema mandoc strace tmux bash fish zsh busybox-static \
      sysstat fio mmdebstrap docker.io podman crun runc lxc lxcfs \
      qemu-system-x86 e2fsprogs \
      ccache rpmlint dnf createrepo-c cpio lintian ;; # tests/live's engines, tests/guest, tests/packages
    dnf) echo gtest-devel google-benchmark-devel clang compiler-rt clang-tools-extra valgrind \
      libabigail binutils \
      libasan libubsan glibc-static python3 python3-jsonschema mandoc strace tmux \
      bash fish zsh busybox sysstat fio ccache rpmlint createrepo_c cpio ;;
  esac
}

# cv_rpm_packages MANAGER, cv_deb_packages MANAGER: on top of the build packages, what
# packaging/build-rpm.sh and packaging/build-deb.sh run, the tests that are part of a package's build
# among them.
cv_rpm_packages() {
  case $1 in
    apt) echo rpm debugedit elfutils file libgtest-dev python3 python3-jsonschema ;;
    dnf) echo rpm-build glibc-static gtest-devel python3 python3-jsonschema ;;
  esac
}

cv_deb_packages() {
  case $1 in
    apt) echo dpkg-dev debhelper libgtest-dev python3 python3-jsonschema ;;
  esac
}

# cv_missing MANAGER PACKAGE...: those that are not installed, one a line.
cv_missing() {
  manager=$1
  shift
  for package in "$@"; do
    case $manager in
      apt) [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ;;
      dnf) rpm -q --quiet --whatprovides "$package" ;;
    esac || echo "$package"
  done
}

# cv_install MANAGER PACKAGE...: installs what is missing. Nothing is missing: touches neither the
# network nor the package index.
cv_install() {
  manager=$1
  shift
  if [ "$manager" = none ]; then
    echo "Unknown distribution: nothing is installed. packaging/lib/deps.sh has the package names."
    return 0
  fi
  missing=$(cv_missing "$manager" "$@" | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  echo "Installing: $missing"
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "Installing needs root, and there is no sudo. As root, install: $missing" >&2
      return 1
    fi
    as_root=sudo
  fi
  # $missing and $as_root are lists of words on purpose.
  # shellcheck disable=SC2086
  case $manager in
    apt)
      $as_root apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive \
          apt-get install -y -qq --no-install-recommends $missing ;;
    dnf) $as_root dnf install -y -q $missing ;;
  esac
}
