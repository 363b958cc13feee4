from . import (
    coworking_attendance,
    coworking_program,
    coworking_participant,
    coworking_participant_purge,
    coworking_participant_row_mixin,
    coworking_purge,
    coworking_retention,
    coworking_seat,
)
