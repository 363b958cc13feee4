from . import account_edi_proxy_user
from . import coworking_invoice_file
