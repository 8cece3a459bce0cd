"""What can go wrong while somebody signs in through the identity provider. The reasons that only help an administrator
are in the log."""

from service_kit.errors import LodgeError

SIGN_IN = {"WWW-Authenticate": "Bearer"}


class ProviderAway(LodgeError):
    """The identity provider does not answer; others may still sign in with a password."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The campus's sign-in service does not answer. Please try again in a moment.", headers={"Retry-After": "5"}
        )


class ProviderMisconfigured(LodgeError):
    """The identity provider answers, but its settings and those of the desk do not fit together."""

    status = 502

    def __init__(self) -> None:
        super().__init__(
            "The campus's sign-in service and this desk do not understand each other, so nobody can sign in this way. "
            "An administrator finds the reason in the log of the data API."
        )


class SignInNotBegun(LodgeError):
    """The browser did not begin this sign-in, or not in the last ten minutes, or has finished it already."""

    status = 401

    def __init__(self) -> None:
        super().__init__("This sign-in was finished already, or took too long. Please sign in again.", headers=SIGN_IN)


class IdTokenNotValid(LodgeError):
    """What the identity provider says about the person cannot be trusted."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "What the campus's sign-in service said could not be trusted, so you are not signed in. Please try again.",
            headers=SIGN_IN,
        )


class AddressNotVerified(LodgeError):
    """Somebody signs in for the first time, and the provider does not say that their mail address is theirs."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "The campus's sign-in service does not confirm your mail address, so the desk cannot tell who you are. "
            "Confirm the address there, or ask the helpdesk."
        )


class AddressOutside(LodgeError):
    """The mail address is of none of the domains that may sign in."""

    status = 403

    def __init__(self) -> None:
        super().__init__("This desk is not open to your mail address. Sign in with the account of your campus.")


class AddressInUse(LodgeError):
    """Another account of the identity provider already signs in as the person with this mail address."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "Another account already signs in as the person with your mail address. Ask an administrator of this desk."
        )
