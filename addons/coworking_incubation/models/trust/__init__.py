from . import coworking_audit
from . import coworking_audit_trigger
from . import coworking_audit_chain
from . import coworking_audit_words
from . import coworking_audited_mixin
from . import coworking_record_mixin
from . import coworking_record_traces
from . import coworking_attendance
from . import coworking_contact
from . import coworking_program
from . import coworking_month_run
from . import coworking_participant
from . import coworking_participant_purge
from . import coworking_participant_row_mixin
from . import coworking_purge
from . import coworking_retention
from . import coworking_person_data
from . import coworking_seat
from . import coworking_statement
from . import mail_activity_type
from . import coworking_books

# A view of PostgreSQL comes after the tables that it reads.
from . import coworking_touch
from . import coworking_dashboard
