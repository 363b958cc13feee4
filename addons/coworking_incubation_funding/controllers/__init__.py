from . import bill_export
