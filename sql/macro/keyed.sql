-- Purpose: keyed hashes. Only who has the key can make them, or try out what they were made from.

-- HMAC-SHA-256 of a text under the key whose pads are given, as hexadecimal text.
CREATE MACRO hmac_sha256(inner_pad, outer_pad, message) AS sha256(outer_pad || unhex(sha256(inner_pad || encode(message))));

-- Its first 128 bits.
CREATE MACRO keyed_hash(inner_pad, outer_pad, message) AS left(hmac_sha256(inner_pad, outer_pad, message), 32);

-- The public id of a person, from the keyed hash of the person key: p and its first 160 bits in base32 (RFC 4648, small letters).
CREATE MACRO person_id_of(hash) AS
    concat('p', translate(
        base32_digits(left(hash, 15), 12) || base32_digits(substring(hash, 16, 15), 12) || base32_digits(substring(hash, 31, 10), 8),
        '0123456789abcdefghijklmnopqrstuv', 'abcdefghijklmnopqrstuvwxyz234567'
    ));
