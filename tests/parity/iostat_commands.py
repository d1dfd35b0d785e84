# SPDX-License-Identifier: Apache-2.0
"""Command lines of iostat that parity.py compares."""

# Since boot only: what happens within an interval is never the same twice.
ON_A_HOST = """
iostat
iostat -c
iostat -d
iostat -k
iostat -m
iostat -s
iostat -x
iostat -xs
iostat -dx
iostat -cd
iostat -xm
iostat -xk -z
iostat -m --human
iostat -sh
iostat -xsh
iostat -s --pretty
iostat -x --pretty --compact
iostat -ch
iostat -h
iostat --human
iostat --pretty
iostat -xh
iostat -xh --compact
iostat --dec=0
iostat --dec=1 -x
iostat --dec=2
iostat -z
iostat -y
iostat -N
iostat ALL
iostat -x ALL
iostat -p
iostat -xp
iostat -dp 0
iostat -p ALL
iostat nosuch
iostat -g group ALL -H
iostat -o JSON
iostat -x -o JSON
iostat -xs -o JSON
iostat -d -o JSON --dec=0
iostat 0
iostat 1 1
iostat -V
iostat -k -m
iostat 1 0
iostat 0 2
iostat 1 2 3
iostat -H
iostat -q
iostat -o XML
iostat --dec=3
iostat --dec
iostat -g
iostat -j
iostat -j nosuch
iostat -f
iostat -f /nonexistent
iostat +f /nonexistent
"""
# With the name of a disk and the directory of one that user space drives.
WITH_DISKS = """
iostat -d {disk}
iostat -x {disk}
iostat -x /dev/{disk}
iostat -dp {disk}
iostat -p {disk},nosuch
iostat -d {disk} nosuch -p {disk}
iostat -dp 1 1 {disk}
iostat -d -p ALL {disk}
iostat -dg one {disk}
iostat -d -g one {disk} -g two {disk} nosuch
iostat -dx -H -g one ALL
iostat -dH -g one {disk}
iostat -xs -g one {disk} -o JSON
iostat -d -f {given}
iostat -x -f {given}
iostat -dx +f {given} user
iostat -d -f {given} nosuch
iostat -xd -f {given} 1 2
iostat -d -y -f {given} -o JSON 1 1
iostat -dxz -f {given} 1 2
"""
USER_SPACE_DISK = "100 0 8123 2000 50 0 4001 4000 0 500 6000 9 0 144 3 5 11\n"
COLORS = ({"S_COLORS": "always"}, {"S_COLORS": "never"},
          {"S_COLORS": "always", "S_COLORS_SGR": "N=32;1:Z=33:I=35:M=36:H=31;7"})
BLOCKS = ("iostat", "iostat -x", "iostat -xs", "iostat -k", "iostat -o JSON")
