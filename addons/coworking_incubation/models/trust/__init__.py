from . import coworking_books
