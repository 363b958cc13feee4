from . import coworking_audit
from . import coworking_audit_trigger
from . import coworking_audit_chain
from . import coworking_audit_words
from . import coworking_record_mixin
from . import coworking_seat
from . import coworking_statement
