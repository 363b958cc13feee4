from . import coworking_statement_generate
