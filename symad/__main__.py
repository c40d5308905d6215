"""Run the command line: `python -m symad`."""

import sys

from symad.cli import main

sys.exit(main())
