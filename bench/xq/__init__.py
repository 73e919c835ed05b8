"""Shared code of the programs in bench/: the service, PostgreSQL, data, load and reports."""

import os
import time

# Days are in the service's time zone, wherever this runs: at 16:00 UTC the next day starts in China.
os.environ["TZ"] = "Asia/Shanghai"
time.tzset()
