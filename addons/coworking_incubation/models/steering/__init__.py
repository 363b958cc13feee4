from . import coworking_exception
from . import coworking_exception_month
from . import coworking_exception_people
from . import coworking_program
from . import coworking_dashboard
from . import digest_digest
from . import res_users
