from . import books
from . import agreement
from . import cost
from . import indicator
from . import finance
from . import claim
from . import evidence
from . import overview
