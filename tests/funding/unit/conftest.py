"""Loads ``indicators.py`` by its path, as the module ``coworking_indicators``: no Odoo."""

import importlib.util
import sys
from pathlib import Path

ADDON = Path(__file__).parents[3] / "addons" / "coworking_incubation_funding"

spec = importlib.util.spec_from_file_location("coworking_indicators", ADDON / "indicators.py")
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)
