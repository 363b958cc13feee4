from . import hosting
from . import portal_link
