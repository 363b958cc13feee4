from . import report_presence_sheet
from . import report_attendance_sheet
from . import report_certificate
from . import report_processing_register
from . import report_person_data
