"""Topics: what people ask most often."""

from models.choice import Choice


class Topic(Choice):
    """A frequent question, which has an answer of its own."""

    COST = "cost"
    LENGTH = "length"
    PREPARE = "prepare"
    CHILDREN = "children"
    ZOOM = "zoom"
    PERSON = "person"
    HOURS = "hours"
