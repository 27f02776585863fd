"""All pages; a new one is a file beside this one and a line here."""

from bot.pages.calendar_file import CalendarFile
from bot.pages.chat_browser import ChatBrowserPage
from bot.pages.desk_code import CodePage
from bot.pages.desk_export import ExportPage
from bot.pages.desk_find import FindPage
from bot.pages.desk_person import PersonPage
from bot.pages.desk_start import StartPage
from bot.pages.desk_terms import TermsDeskPage
from bot.pages.device import DevicePage
from bot.pages.form import FormPage
from bot.pages.join import JoinPage
from bot.pages.my_data import MyDataPage
from bot.pages.pictures import PicturePage
from bot.pages.site import Page
from bot.pages.terms import TermsPage

PAGES: tuple[type[Page], ...] = (
    FormPage,
    ChatBrowserPage,
    JoinPage,
    DevicePage,
    MyDataPage,
    TermsPage,
    CalendarFile,
    PicturePage,
    FindPage,
    PersonPage,
    TermsDeskPage,
    ExportPage,
    CodePage,
    StartPage,
)
