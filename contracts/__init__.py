"""The models that services and clients share: requests, answers, and the error envelope."""
