"""Loads ``indicators.py`` and ``evidence_archive.py`` by their paths, as ``coworking_indicators``
and ``coworking_evidence_archive``: no Odoo.
"""

import importlib.util
import sys
from pathlib import Path

ADDON = Path(__file__).parents[3] / "addons" / "coworking_incubation_funding"

for name in ("indicators", "evidence_archive"):
    spec = importlib.util.spec_from_file_location(f"coworking_{name}", ADDON / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
