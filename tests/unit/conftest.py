"""Loads ``pricing.py`` by its path, as the module ``coworking_pricing``: no Odoo, no database."""

import importlib.util
import sys
from pathlib import Path

PATH = Path(__file__).parents[2] / "addons" / "coworking_incubation" / "pricing.py"

spec = importlib.util.spec_from_file_location("coworking_pricing", PATH)
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)
