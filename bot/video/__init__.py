"""Video services: rooms for bookings, and witnesses of who came."""
