from . import calendar_event
from . import coworking_attendance
from . import calendar_event_places
from . import calendar_event_series
from . import coworking_attendance_appointment
from . import coworking_attendance_grid
from . import coworking_attendance_registration
from . import coworking_attendance_adviser
from . import coworking_attendance_signature
from . import coworking_attendance_signing
from . import coworking_dashboard
from . import coworking_kept
from . import coworking_participant
from . import coworking_program
from . import coworking_registration_attempt
from . import mail_activity

# Views of PostgreSQL come after the tables that they read.
from . import coworking_act
