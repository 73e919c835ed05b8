"""Reads a running service with PyPI's georeport, in both formats, and prints the results as JSON."""

import json
import sys

from georeport import GeoReport

address, jurisdiction, request_id = sys.argv[1:]
seen = {}
for form in ("json", "xml"):
    client = GeoReport(address, jurisdiction=jurisdiction, output_format=form)
    seen[form] = {
        "services": client.get_service_list(),
        "definition": client.get_service_definition("utility.heat_gas"),
        "requests": client.get_service_requests(status="open"),
        "filtered": client.get_service_requests(
            service_code="service.lift,service.cleaning",
            start_date="2026-03-01T00:00:00Z",
            end_date="2026-03-31T00:00:00Z",
        ),
        "request": client.get_service_request(request_id),
    }
json.dump(seen, sys.stdout)
