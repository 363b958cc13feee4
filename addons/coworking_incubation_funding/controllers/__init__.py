from . import bill_export
from . import indicator_files
