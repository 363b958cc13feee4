from . import account_move
from . import account_move_month_end
from . import account_move_line
from . import account_move_payment
from . import account_payment
from . import coworking_statement
from . import coworking_charge
from . import coworking_participant
from . import coworking_portal_answer
from . import coworking_pricing
from . import coworking_program
from . import coworking_seat
from . import coworking_seat_funding
from . import coworking_seat_month
from . import coworking_simulator
from . import coworking_space
from . import coworking_space_membership
from . import coworking_statement_bill
from . import coworking_statement_correction
from . import coworking_statement_generation
from . import coworking_tariff
from . import coworking_tariff_price
from . import res_partner
from . import res_partner_bank
from . import res_users

# Views of PostgreSQL come after the tables that they read.
from . import coworking_copayment
