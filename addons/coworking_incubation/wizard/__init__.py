from . import (
    coworking_participant_handover,
    coworking_participant_move,
    coworking_participant_reopen,
    coworking_presence_correct,
    coworking_seat_change,
    coworking_seat_leave,
    coworking_seat_move,
    coworking_space_close,
    coworking_statement_generate,
    coworking_tariff_increase,
    coworking_tariff_increase_line,
)
