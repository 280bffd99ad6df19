"""Encrypts and decrypts a file with the AWS Encryption SDK: encryption-sdk.py encrypt|decrypt KEY-ARN FROM TO [NAME=VALUE ...]

The pairs are the encryption context; decrypting, they are what the message must have been encrypted with.
"""

import sys

import aws_encryption_sdk
from aws_encryption_sdk import CommitmentPolicy

way, key_arn, source, target, *pairs = sys.argv[1:]
context = dict(pair.split("=", 1) for pair in pairs)

client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
provider = aws_encryption_sdk.StrictAwsKmsMasterKeyProvider(key_ids=[key_arn])
options = {"encryption_context": context} if way == "encrypt" else {}

with open(source, "rb") as taken:
    given, header = getattr(client, way)(source=taken.read(), key_provider=provider, **options)
if not context.items() <= header.encryption_context.items():
    sys.exit("the message was encrypted with another encryption context")
with open(target, "wb") as made:
    made.write(given)
