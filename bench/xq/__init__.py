"""What the programs of bench/ share: the service, PostgreSQL, data, load and reports."""

import os
import time

# Days are those of the service, wherever this runs: from 16:00 UTC on, China has the next one.
os.environ["TZ"] = "Asia/Shanghai"
time.tzset()
