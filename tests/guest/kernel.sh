# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Runs in the image: Debian's cloud kernel, unpacked rather than installed, which would make an
# initrd.
cd /boot
package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: //p')
apt-get -q -o APT::Sandbox::User=root download "$package"
dpkg-deb --fsys-tarfile "$package"_*.deb |
  tar -x -C / --keep-directory-symlink --exclude=./usr/share
rm "$package"_*.deb
depmod "${package#linux-image-}"
