"""django-appointment 3.12 on SQLite: a booking is two forms of its own pages, sent through Django's
test client by somebody who is logged in. Then two people want one slot."""

import datetime
import logging
import sys
import time
from importlib.metadata import version
from pathlib import Path

import django
from django.conf import settings

BOOKINGS = 100

settings.configure(
    SECRET_KEY="bench",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(Path(sys.argv[1]) / "django.db"),
        }
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "phonenumber_field",
        "appointment",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    ROOT_URLCONF=__name__,
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    LOGGING_CONFIG=None,
)
logging.disable(logging.CRITICAL)

django.setup()  # before that, nothing of it can be imported

from appointment.models import Appointment, Service, StaffMember  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("", include("appointment.urls"))]


def book(client, service, staff, day, start):
    """Send the two forms of a booking."""
    first = client.post(
        "/request-submit/",
        {
            "date": day,
            "start_time": start,
            "end_time": (
                datetime.datetime.combine(day, start) + datetime.timedelta(minutes=30)
            ).time(),
            "service": service.pk,
            "staff_member": staff.pk,
        },
    )
    assert first.status_code == 302, first.status_code
    second = client.post(
        first.url,
        {
            "name": "Hanako Hiroshima",
            "email": "hanako@example.jp",
            "phone_0": "JP",
            "phone_1": "0825428609",
            "address": "Hiroshima",
            "additional_info": "",
            "payment_type": "full",
        },
    )
    assert second.status_code == 302, second.content[-2000:]


def main():
    call_command("migrate", run_syncdb=True, verbosity=0)
    service = Service.objects.create(
        name="Consultation", duration=datetime.timedelta(minutes=30), price=0
    )
    staff = StaffMember.objects.create(user=User.objects.create(username="staff"))
    staff.services_offered.add(service)
    clients = []
    for number in range(2):
        client = Client()
        email = f"person{number}@example.jp"
        client.force_login(User.objects.create(username=f"person{number}", email=email))
        clients.append(client)
    first_day = datetime.date.today() + datetime.timedelta(days=7)
    slots = [
        (first_day + datetime.timedelta(days=number // 10), datetime.time(9 + number % 10))
        for number in range(BOOKINGS)
    ]
    began = time.perf_counter()
    for day, start in slots:
        book(clients[0], service, staff, day, start)
    speed = BOOKINGS / (time.perf_counter() - began)
    day, start = slots[0]
    book(clients[1], service, staff, day, start)
    same = Appointment.objects.filter(
        appointment_request__date=day, appointment_request__start_time=start
    ).count()
    name = f"django-appointment {version('django-appointment')}"
    print(
        f"{name}: {speed:.0f} bookings/s one after the other; a slot that is taken was booked"
        f" {same} times"
    )


main()
