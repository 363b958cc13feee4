from . import coworking_allocation_place
