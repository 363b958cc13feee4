from . import fates
from . import coworking_evidence
from . import coworking_evidence_seal
from . import coworking_evidence_end
from . import coworking_claim
from . import coworking_funding_agreement
from . import coworking_participant
from . import ir_attachment
