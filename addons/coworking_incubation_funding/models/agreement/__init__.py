from . import fates
from . import coworking_charge_kind
from . import coworking_funding_agreement
from . import coworking_funding_heading
from . import coworking_funding_instalment
from . import coworking_funding_person
from . import coworking_participant
from . import coworking_program
