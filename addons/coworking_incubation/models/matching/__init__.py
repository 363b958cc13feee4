from . import account_journal
from . import account_move
from . import account_move_line
from . import account_move_received
from . import account_partial_reconcile
from . import bill_balance
from . import bill_credits
from . import bill_lines
from . import bill_matcher
from . import bill_totals
from . import coworking_charge
from . import coworking_invoice_file
from . import coworking_invoice_file_words
from . import coworking_match
from . import coworking_match_over
from . import coworking_matching
from . import coworking_matching_words
from . import coworking_month_run
from . import coworking_month_run_line
from . import coworking_reconciliation
from . import coworking_statement

# Views of PostgreSQL come after the tables that they read.
from . import coworking_month_line
from . import coworking_month_sums
from . import coworking_statement_over
from . import coworking_contact
from . import coworking_dashboard
