from . import account_payment_register
from . import coworking_bill_payment
