"""Checks an ID token: that the provider made it, for this desk, for this sign-in, and that it is valid now."""

import re

import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError

from data_api.access.actor import token_hash
from data_api.oidc.errors import IdTokenNotValid
from data_api.oidc.provider import Provider

log = structlog.get_logger()

# Those with which only the provider can sign. With HS256, everybody who knows its public key could.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
# How far the clocks of provider and desk may be apart.
LEEWAY_SECONDS = 60
# Without NUL and halves of characters, which the database cannot keep.
SUBJECT = re.compile(r"[^\x00\ud800-\udfff]{1,255}")


async def verified_claims(id_token: str, provider: Provider, nonce_hash: bytes) -> jwt.Claims:
    """`nonce_hash` is of the nonce that the sign-in began with. Raises IdTokenNotValid, ProviderAway,
    ProviderMisconfigured."""
    try:
        key_id = jws.extract_compact(id_token.encode()).headers().get("kid")
        keys = await provider.keys(key_id if isinstance(key_id, str) else None)
        claims = jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
        _check(claims, (await provider.metadata()).issuer, provider.client_id, nonce_hash)
    except (JoseError, ValueError) as error:
        log.warning("an ID token was refused", why=type(error).__name__, claim=getattr(error, "claim", None))
        raise IdTokenNotValid from None
    return claims


def _check(claims: jwt.Claims, issuer: str, client_id: str, nonce_hash: bytes) -> None:
    """Raises JoseError, ValueError."""
    jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
    ).validate(claims)
    audience = claims["aud"]
    is_for_others_too = isinstance(audience, list) and len(audience) > 1
    if (is_for_others_too or "azp" in claims) and claims.get("azp") != client_id:
        raise ValueError("the token was made for another client")
    if token_hash(str(claims["nonce"])) != nonce_hash:
        raise ValueError("the token was made for another sign-in")
    if not isinstance(claims["sub"], str) or not SUBJECT.fullmatch(claims["sub"]):
        raise ValueError("a subject is a text of up to 255 characters, and the database keeps no NUL")
