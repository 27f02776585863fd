"""The store: questions and changes named in the office's words. It never commits."""

from models.database import Transaction
from models.office import Office
from models.store.access import Access
from models.store.agenda import Agenda
from models.store.alerts import Alerts
from models.store.audit import Audit
from models.store.awaited import AwaitedTexts
from models.store.bookings import Bookings
from models.store.calendar import Calendar
from models.store.contacts import Contacts
from models.store.daily import DailyWork
from models.store.declarations import Declarations
from models.store.devices import Devices
from models.store.due import Due
from models.store.erasure import Erasure
from models.store.errands import Errands
from models.store.forms import Forms
from models.store.hearing import HearingRecord
from models.store.inbox import Inbox
from models.store.outbox import Outbox
from models.store.persons import Persons
from models.store.presence import Presence
from models.store.questions import Questions
from models.store.rooms import Rooms
from models.store.seekers import Seekers
from models.store.sent import SentMessages
from models.store.settled import SettledPoints
from models.store.staff import StaffStore
from models.store.terms import TermsStore
from models.store.waiting import Waiting
from models.vault import Vault


class Store:
    """Everything the office knows, inside one transaction."""

    def __init__(self, transaction: Transaction, office: Office, vault: Vault) -> None:
        self.access = Access(transaction)
        self.agenda = Agenda(transaction, office)
        self.alerts = Alerts(transaction)
        self.audit = Audit(transaction)
        self.awaited = AwaitedTexts(transaction)
        self.bookings = Bookings(transaction, office)
        self.calendar = Calendar(transaction, office)
        self.contacts = Contacts(transaction)
        self.daily = DailyWork(transaction)
        self.declarations = Declarations(transaction)
        self.devices = Devices(transaction)
        self.due = Due(transaction)
        self.erasure = Erasure(transaction)
        self.errands = Errands(transaction)
        self.forms = Forms(transaction)
        self.hearing = HearingRecord(transaction)
        self.inbox = Inbox(transaction, vault)
        self.outbox = Outbox(transaction)
        self.persons = Persons(transaction)
        self.presence = Presence(transaction)
        self.questions = Questions(transaction, vault)
        self.rooms = Rooms(transaction)
        self.seekers = Seekers(transaction, vault)
        self.settled = SettledPoints(transaction)
        self.sent = SentMessages(transaction)
        self.staff = StaffStore(transaction)
        self.waiting = Waiting(transaction)
        self.terms = TermsStore(transaction)
