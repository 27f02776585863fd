"""Understanding: what typed words ask for, with which days and times. Everything happens here, by
tables of words (locales/<language>/words.toml) and arithmetic; nothing is sent anywhere."""
