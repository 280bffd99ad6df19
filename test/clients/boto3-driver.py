"""Calls AWS through boto3: one request a line on standard input, one answer a line on standard output, both JSON.

Bytes, which JSON lacks, are {"$bytes": base64} on both ways.
"""

import base64
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

clients = {}


def client_of(request):
    credentials = request["credentials"]
    key = (request["service"], request["region"], *sorted(credentials.items()))
    if key not in clients:
        clients[key] = boto3.session.Session().client(
            request["service"],
            endpoint_url=request["url"],
            region_name=request["region"],
            aws_access_key_id=credentials["accessKeyId"],
            aws_secret_access_key=credentials["secretAccessKey"],
            aws_session_token=credentials.get("sessionToken"),
            config=Config(retries={"total_max_attempts": 1}),
        )
    return clients[key]


def answer(request):
    client = client_of(request)
    try:
        if request.get("paginate"):
            pages = client.get_paginator(xform_name(request["operation"])).paginate(**request["input"])
            return {"ok": True, "output": [page for page in pages]}
        if request.get("wait"):
            client.get_waiter(request["wait"]).wait(**request["input"])
            return {"ok": True, "output": {}}
        output = getattr(client, xform_name(request["operation"]))(**request["input"])
        output.pop("ResponseMetadata", None)
        return {"ok": True, "output": output}
    except ClientError as error:
        told = error.response["Error"]
        return {"ok": False, "code": told["Code"], "message": told["Message"], "exception": type(error).__name__}


def bytes_from(value):
    return base64.b64decode(value["$bytes"]) if "$bytes" in value else value


def written(value):
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    return str(value)


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line, object_hook=bytes_from)), default=written), flush=True)
