from . import coworking_export
