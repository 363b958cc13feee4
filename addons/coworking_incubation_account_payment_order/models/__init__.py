from . import account_move
from . import account_payment_line
from . import account_payment_order
