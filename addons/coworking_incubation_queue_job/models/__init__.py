from . import coworking_month_run
from . import coworking_program
from . import coworking_record_mixin
from . import ir_cron
from . import queue_job_function
