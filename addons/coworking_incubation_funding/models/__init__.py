from . import books
from . import agreement
from . import cost
from . import claim
from . import indicator
from . import evidence
