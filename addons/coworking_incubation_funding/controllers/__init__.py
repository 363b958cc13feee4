from . import bill_export
from . import evidence
from . import indicator_files
