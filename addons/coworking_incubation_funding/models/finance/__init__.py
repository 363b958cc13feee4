from . import fates
from . import coworking_financial_report
from . import coworking_financial_report_line
from . import coworking_financial_report_actual
from . import coworking_financial_report_workbook
from . import coworking_funding_agreement
