from . import hosting
