# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# A real limited container out of nothing but the kernel: cgroups (v1 or v2, as the machine has
# them) and namespaces. Sourced by packaging/try.sh. Needs root; changes no cgroup that it did not
# make.

cv_name=containerview-try.$$
cv_enabled= # controllers that we switched on at the v2 root, to be switched off again

# Prints "VERSION MOUNTPOINT CONTROLLERS" for each cgroup mount, the controllers as the mount's
# super options have them. Of two mounts on one mount point the later covers the earlier.
cv_cgroup_mounts() {
  awk '{
    for (i = 7; $i != "-"; i++);
    type = $(i + 1)
    if (type != "cgroup" && type != "cgroup2") next
    n = split($(i + 3), option, ","); list = ""
    for (k = 1; k <= n; k++)
      if (option[k] ~ /^(cpu|cpuacct|cpuset|memory|pids)$/) list = list "," option[k]
    if (type == "cgroup2") found[$5] = "v2 " $5 " -"
    else if (list != "") found[$5] = "v1 " $5 " " substr(list, 2)
  }
  END { for (mount in found) print found[mount] }' /proc/self/mountinfo
}

# Prints the mounts to use, one a line: those of the version that has the memory controller.
cv_usable_mounts() {
  mounts=$(cv_cgroup_mounts)
  if echo "$mounts" | grep -q '^v1 .*[ ,]memory'; then
    echo "$mounts" | grep '^v1 '
    return
  fi
  echo "$mounts" | while read -r version dir _; do
    if [ "$version" = v2 ] && grep -qw memory "$dir/cgroup.controllers"; then
      echo "v2 $dir -"
      break
    fi
  done
}

# cv_limit_v1 PARENT DIR CONTROLLERS: half a CPU, 256 MiB, 64 processes.
cv_limit_v1() {
  case ,$3, in *,cpu,*)
    echo 100000 >"$2/cpu.cfs_period_us" && echo 50000 >"$2/cpu.cfs_quota_us" || return 1 ;;
  esac
  case ,$3, in *,cpuset,*) # empty in a new cgroup, and nothing can join until they are set
    cat "$1/cpuset.cpus" >"$2/cpuset.cpus" && cat "$1/cpuset.mems" >"$2/cpuset.mems" || return 1 ;;
  esac
  case ,$3, in *,memory,*)
    echo 268435456 >"$2/memory.limit_in_bytes" || return 1
    if [ -e "$2/memory.memsw.limit_in_bytes" ]; then
      echo 268435456 >"$2/memory.memsw.limit_in_bytes"
    fi ;;
  esac
  case ,$3, in *,pids,*) echo 64 >"$2/pids.max" ;; esac
}

# cv_enable_v2 ROOT: what the children of ROOT need, remembered for cv_remove_container.
cv_enable_v2() {
  for controller in cpu memory pids; do
    if ! grep -qw "$controller" "$1/cgroup.subtree_control"; then
      echo "+$controller" >"$1/cgroup.subtree_control" || return 1
      cv_enabled="$cv_enabled $controller"
    fi
  done
}

# cv_limit_v2 DIR: the same limits, and no swap.
cv_limit_v2() {
  echo '50000 100000' >"$1/cpu.max" && echo 268435456 >"$1/memory.max" && echo 64 >"$1/pids.max" ||
    return 1
  if [ -e "$1/memory.swap.max" ]; then echo 0 >"$1/memory.swap.max"; fi
}

# Makes the cgroups. Sets cv_version, cv_mounts ("MOUNTPOINT CONTROLLERS" lines) and cv_dirs.
# What the kernel refuses is said on stderr, and the answer is false.
cv_make_cgroups() {
  usable=$(cv_usable_mounts)
  cv_dirs=
  if [ -z "$usable" ]; then
    echo "no cgroup mount with a memory controller" >&2
    return 1
  fi
  cv_version=${usable%% *}
  cv_mounts=$(echo "$usable" | cut -d ' ' -f 2-)
  while read -r mount controllers; do
    mkdir "$mount/$cv_name" || return 1
    cv_dirs="$cv_dirs $mount/$cv_name"
    if [ "$cv_version" = v1 ]; then
      cv_limit_v1 "$mount" "$mount/$cv_name" "$controllers" || return 1
    else
      cv_enable_v2 "$mount" && cv_limit_v2 "$mount/$cv_name" || return 1
    fi
  done <<END
$cv_mounts
END
}

# cv_run_in_container COMMAND...: in the cgroups and in new mount, PID, cgroup and UTS namespaces,
# /proc mounted anew. The cgroups are joined first: a cgroup namespace's root is where its maker
# then is. unshare --kill-child: whatever ends us ends everything inside.
cv_run_in_container() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  join='dirs=$1; shift
    for dir in $dirs; do echo $$ >"$dir/cgroup.procs" || exit 1; done
    exec unshare --mount --pid --fork --kill-child --cgroup --uts --mount-proc "$@"'
  sh -c "$join" join "$cv_dirs" "$@"
}

# Removes what cv_make_cgroups made. A cgroup is busy for a moment after its last process has ended.
cv_remove_container() {
  for dir in ${cv_dirs:-}; do
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      rmdir "$dir" 2>/dev/null && break
      sleep 0.2
    done
    [ ! -d "$dir" ] || echo "could not remove $dir" >&2
    for controller in $cv_enabled; do
      echo "-$controller" >"${dir%/*}/cgroup.subtree_control" || true
    done
  done
  cv_dirs=
  cv_enabled=
}
