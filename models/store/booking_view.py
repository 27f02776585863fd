"""The query that reads a booking with what its counselor and its room add."""

from sqlalchemy import and_, case, false, func, select, true

from models import tables
from models.tables import Counselor, Room, table

_bookings, _counselors, _rooms = table(tables.Booking).c, table(Counselor).c, table(Room).c

VIEW = (
    select(
        *(_bookings.id, _bookings.reference, _bookings.job_seeker_id, _bookings.counselor_id),
        *(_counselors.name, _bookings.service, _bookings.starts_at, _bookings.minutes),
        *(_bookings.status, _bookings.companion),
        func.coalesce(
            _bookings.meeting_url,
            case((_rooms.host == _counselors.video_user, _rooms.join_url)),
            _counselors.meeting_url,
        ),
        *(_bookings.version, _bookings.my_page_posted_at),
        *(_bookings.secret, _bookings.raw_url_out),
        case((_bookings.meeting_url.is_(None), false()), else_=true()),
        *(_counselors.video_user, _rooms.host),
    )
    .join_from(table(tables.Booking), table(Counselor), _counselors.id == _bookings.counselor_id)
    .outerjoin(table(Room), and_(_rooms.booking_id == _bookings.id, _rooms.gone_at.is_(None)))
)
