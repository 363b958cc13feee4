from . import coworking_export
from . import coworking_allocation_place
from . import coworking_bill_export
from . import coworking_payment_import
from . import coworking_payment_import_line
from . import fec_export
from . import coworking_evidence_make
