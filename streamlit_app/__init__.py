"""The UI's building blocks. The pages themselves are in `pages/`; everything they know comes from the data API."""
