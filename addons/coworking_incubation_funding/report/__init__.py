from . import report_activity
