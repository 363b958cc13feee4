from . import report_activity
from . import report_financial
from . import report_claim
