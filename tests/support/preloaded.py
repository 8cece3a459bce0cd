"""What takes long to load: all of the data API but `data_api.main`, which reads the settings as it is imported."""

import data_api.events.endpoints
import data_api.lists.endpoints
import data_api.messages.endpoints
import data_api.overview.endpoints
import data_api.people.endpoints
import data_api.sessions.endpoints
import data_api.tickets.endpoints  # noqa: F401
