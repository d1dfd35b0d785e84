#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An example of an image's entrypoint: the program of the image, with a sampler beside it.
# containerviewd ends with the container; if it cannot record, the program runs all the same.
set -eu
containerviewd &
exec "$@"
