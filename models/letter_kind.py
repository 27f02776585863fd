"""What a letter is for."""

from models.choice import Choice


class LetterKind(Choice):
    """What is said back to somebody (ANSWER), and everything that is told unasked."""

    ANSWER = "answer"
    # to parents, about a booking
    REMINDER = "reminder"
    DEEMED = "deemed"
    REVIEWED = "reviewed"
    NEWS = "news"
    # to parents, about themselves
    FREE_SLOT = "free slot"
    STAFF_ANSWER = "staff answer"
    TERMS = "terms"
    # to staff
    ALERT = "alert"
    DIGEST = "digest"
    QUESTION = "question"
    REPORT = "report"
    ROLE_CHANGED = "staff role"
    TEAM_LEFT = "staff left"
