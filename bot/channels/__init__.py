"""Channels: each only translates between its platform and models/chat.py."""
