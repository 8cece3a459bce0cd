"""Attachments: who may add, read and delete the files of a ticket."""
