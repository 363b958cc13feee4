from . import coworking_program
from . import coworking_statement
