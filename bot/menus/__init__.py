"""Menus that a platform shows beside the chat: they follow the team."""
