#!/bin/sh
# Make configure from configure.ac. automake brings the TAP driver.
set -e
cd "$(dirname "$0")"
mkdir -p build-aux
for dir in /usr/share/automake-*; do
	test ! -f "$dir/tap-driver.sh" ||
		cp "$dir/tap-driver.sh" build-aux/tap-driver.sh
done
exec autoreconf --install --warnings=all,no-portability "$@"
