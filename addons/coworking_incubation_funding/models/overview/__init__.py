from . import coworking_funding_agreement
from . import coworking_program
from . import coworking_dashboard
from . import coworking_dashboard_cash
from . import coworking_dashboard_due
from . import coworking_exception
