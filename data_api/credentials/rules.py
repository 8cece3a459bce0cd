"""Which passwords may be chosen. They are long enough, and not what everybody tries first; nothing is said of the
characters that they are made of (NIST SP 800-63B; ADR 44)."""

from contracts.base import name_key
from service_kit.errors import InvalidInput

# What people choose when ten characters are asked for, and what is tried first. Compared also without the digits and
# signs at the end, so that one word stands for all its years and exclamation marks.
WORDS = """
password passwort passwd passw0rd mypassword passwordpassword admin adminadmin administrator letmein letmeinplease
welcome welcomewelcome iloveyou iloveyouiloveyou changeme changemenow changeit qwerty qwertz azerty qwertyuiop
qwertzuiop azertyuiop asdfghjkl asdfasdf qazwsx qazwsxedc zaqwsx abc abcd abcdef abcdefghij abcdefghijkl 1q2w3e4r5t
1qaz2wsx3edc sunshine princess football baseball basketball superman batman starwars dragon monkey shadow master
michael jennifer liverpool summer winter autumn spring helpdesk lodge campus university student secret topsecret
12345678910 123456789123
"""
COMMON = frozenset(WORDS.split())
SIGNS_AT_THE_END = "0123456789!?.,;:-_*#$%&+= "
COUNTING = "1234567890" * 3
FEWEST_DIFFERENT = 4


def check_new_password(password: str, username: str, field: str = "body.password") -> None:
    """Raises InvalidInput (422) that names the field."""
    typed, name = name_key(password), name_key(username)
    word = typed.rstrip(SIGNS_AT_THE_END)
    if {typed, word} & COMMON or typed in COUNTING or typed[::-1] in COUNTING or len(set(typed)) < FEWEST_DIFFERENT:
        raise InvalidInput.in_field(field, "is one that everybody tries first; choose another one")
    if name in (typed, word):
        raise InvalidInput.in_field(field, "must not be the username")
