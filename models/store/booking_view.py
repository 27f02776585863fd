"""The query that reads a booking with what its counselor adds."""

from sqlalchemy import func, select

from models import tables
from models.tables import Counselor, table

_bookings, _counselors = table(tables.Booking).c, table(Counselor).c

VIEW = select(
    *(_bookings.id, _bookings.reference, _bookings.job_seeker_id, _bookings.counselor_id),
    *(_counselors.name, _bookings.service, _bookings.starts_at, _bookings.minutes),
    *(_bookings.status, _bookings.companion),
    func.coalesce(_bookings.meeting_url, _counselors.meeting_url),
    *(_bookings.version, _bookings.my_page_posted_at),
    *(_bookings.secret, _bookings.raw_url_out),
).join_from(table(tables.Booking), table(Counselor), _counselors.id == _bookings.counselor_id)
