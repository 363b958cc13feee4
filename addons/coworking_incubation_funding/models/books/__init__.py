from . import account_move
from . import account_payment
from . import coworking_audit
from . import res_company
