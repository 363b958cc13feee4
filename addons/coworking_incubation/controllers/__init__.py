from . import portal_link
from . import registration
