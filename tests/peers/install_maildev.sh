#!/bin/sh
# Fetches MailDev, a mail server that shows what it was sent, for tests/integrations/mail/test_maildev.py. It leaves no
# file but .cache/peers.
set -eu
folder="$(cd "$(dirname "$0")/../.." && pwd)/.cache/peers"
mkdir -p "$folder"
cd "$folder"
npm install --save-exact --no-package-lock --no-audit --no-fund --silent maildev@3.0.0
