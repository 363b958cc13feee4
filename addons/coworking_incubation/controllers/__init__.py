from . import attendance_sign
from . import portal
from . import hosting
from . import grid
from . import portal_link
from . import register
from . import registration
