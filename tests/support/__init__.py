"""What tests stand on: databases of their own, a running data API, people who enter it."""
