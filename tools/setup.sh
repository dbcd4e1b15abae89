#!/usr/bin/env bash
# Make the environment that every verb of the Makefile uses: bash tools/setup.sh PYTHON VENV TORCH
# Needs a package index for pip and nothing else: no root, no other host.
set -euo pipefail

python=$1 venv=$2 torch=$3
supported='import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))'

fail() {
  echo "setup: $*" >&2
  exit 1
}

[ -n "$python" ] || fail "no Python 3.11 or 3.12 found; install one, or name it: make setup PYTHON=/path/to/python3.11"
"$python" -c "$supported" 2>/dev/null || fail "$python is not a working Python 3.11 or 3.12"

# An environment of another Python, or one whose Python is gone, is made anew.
if ! "$venv/bin/python" -c "$supported" 2>/dev/null; then
  rm -rf "$venv"
  "$python" -m venv "$venv" || fail "could not create $venv (on Debian or Ubuntu: apt-get install python3-venv)"
fi

pip() {
  "$venv/bin/python" -m pip --quiet --disable-pip-version-check install --constraint constraints.txt "$@" ||
    fail "pip could not install the above; the versions are in constraints.txt"
}

echo "setup: installing into $venv (once; a few minutes)"
# setuptools_scm: seqeval is published as source only.
pip hatchling editables setuptools setuptools_scm
pip "$torch"
# Isolation would fetch an unlocked build tool; the locked one is installed above.
pip --no-build-isolation --editable '.[torch,language,explain,causal,fairness,privacy,robustness,parity,book,test,lint,grade,lab]'
"$venv/bin/python" tools/dot.py --install "$venv/bin"
