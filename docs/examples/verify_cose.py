"""Verifies a voucher with pycose, which knows nothing of us: each voucher is a COSE_Sign1.

    python3 -m venv /tmp/cose && /tmp/cose/bin/pip install 'pycose==1.1.0' 'cbor2<6'
    /tmp/cose/bin/python docs/examples/verify_cose.py PUBLIC_KEY_HEX DIGITS

PUBLIC_KEY_HEX is the key that signed (32 bytes), DIGITS the 204 digits of the QR. Prints what the
voucher says and exits with 0, or exits with 1 if the signature is not valid, 2 if misused.
"""

import datetime
import struct
import sys

import cbor2
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import Sign1Message

EXTERNAL_AAD = b"pass-numerique/voucher/1"
SIGN1_TAG = 18  # RFC 9052, section 2
EPOCH = datetime.date(1970, 1, 1)


def voucher_bytes(digits):
    """The 84 bytes: 12 blocks of 17 digits, each a big-endian integer of 7 bytes."""
    if len(digits) != 204 or not (digits.isascii() and digits.isdigit()):
        raise ValueError("expected exactly 204 digits")
    blocks = (int(digits[start : start + 17]) for start in range(0, 204, 17))
    return b"".join(block.to_bytes(7, "big") for block in blocks)


def cose_sign1(voucher):
    """The same 84 bytes in the clothes that COSE libraries know (RFC 9052, section 4.2)."""
    protected = cbor2.dumps({1: -8})  # alg: EdDSA
    return cbor2.dumps(cbor2.CBORTag(SIGN1_TAG, [protected, {}, voucher[:20], voucher[20:]]))


def is_genuine(voucher, public_key):
    message = Sign1Message.decode(cose_sign1(voucher))
    message.external_aad = EXTERNAL_AAD
    message.key = OKPKey(crv=Ed25519, x=public_key)
    return message.verify_signature()


def describe(payload):
    form, kid, voucher_id, programme, workshops, first, last = struct.unpack(">B4sQHBHH", payload)
    days = [EPOCH + datetime.timedelta(days=day) for day in (first, last)]
    kind = {1: "issued", 2: "stock"}.get(form, f"unknown format {form}")
    return (
        f"{kind}, kid {kid.hex()}, voucher {voucher_id}, programme {programme}, "
        f"{workshops} workshops, {days[0]} to {days[1]}"
    )


def main(arguments):
    try:
        public_key, digits = arguments
        key, voucher = bytes.fromhex(public_key), voucher_bytes(digits)
        if len(key) != 32:
            raise ValueError("expected a public key of 64 hexadecimal digits")
    except (ValueError, OverflowError) as wrong:
        print(f"{wrong}\n\n{__doc__}", file=sys.stderr)
        return 2
    if not is_genuine(voucher, key):
        print("the signature is NOT valid")
        return 1
    print(f"the signature is valid: {describe(voucher[:20])}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
