from . import coworking_export
from . import coworking_allocation_place
