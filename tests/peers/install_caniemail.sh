#!/bin/sh
# Fetches caniemail, which knows what mail programs show, for tests/mailing/test_mail_html.py. It leaves no file but
# .cache/peers. 1.0.5 is the last that runs on Node 20.
set -eu
folder="$(cd "$(dirname "$0")/../.." && pwd)/.cache/peers"
mkdir -p "$folder"
cd "$folder"
npm install --save-exact --no-package-lock --no-audit --no-fund --silent caniemail@1.0.5
