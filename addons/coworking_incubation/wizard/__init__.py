from . import coworking_seat_change
from . import coworking_seat_leave
from . import coworking_seat_move
from . import coworking_space_close
from . import coworking_statement_generate
from . import coworking_tariff_increase
from . import coworking_tariff_increase_line
