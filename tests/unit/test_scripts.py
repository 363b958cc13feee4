"""What all scripts begin with: ``scripts/lib.sh``."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAY = 'import sys; print(sys.dont_write_bytecode, sys.pycache_prefix, sep="\\n")'


def test_what_python_compiles_is_kept_whatever_the_shell_says_before():
    """Or each of a hundred starts compiles all of Odoo again."""
    command = f". {ROOT}/scripts/lib.sh; /usr/bin/python3 -c '{SAY}'"
    said = subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines() == ["False", f"{ROOT}/.local/pycache"]
