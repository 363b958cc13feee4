from . import indicator_files
