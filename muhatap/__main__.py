"""`python -m muhatap` is the console command `muhatap`."""

import sys

from muhatap.config.command import main

sys.exit(main())
