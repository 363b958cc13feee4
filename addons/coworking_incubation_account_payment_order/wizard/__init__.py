from . import coworking_bill_payment
