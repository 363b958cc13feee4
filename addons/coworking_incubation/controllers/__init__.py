from . import grid
from . import portal_link
