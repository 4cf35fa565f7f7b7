#!/usr/bin/env bash
# All that has to hold before a change goes in.  Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")"
python="${PYTHON:-python}"
"$python" -m ruff check .
"$python" -m ruff format --check .
"$python" -m mypy
"$python" -m pytest "$@"
