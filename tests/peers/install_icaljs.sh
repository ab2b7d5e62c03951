#!/bin/sh
# Fetches ical.js, the parser of Thunderbird, for tests/rendering/test_ics_peers.py. It leaves no file but .cache/peers.
set -eu
folder="$(cd "$(dirname "$0")/../.." && pwd)/.cache/peers"
mkdir -p "$folder"
cd "$folder"
npm install --save-exact --no-package-lock --no-audit --no-fund --silent ical.js@2.2.1
