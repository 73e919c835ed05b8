"""What the programs of bench/ share: the service, PostgreSQL, data, load and reports."""
