"""Understanding: what typed words ask for, with which days and times, and what else they say. It
takes tables of words, examples (both in locales/<language>/) and arithmetic; nothing is sent
anywhere."""
