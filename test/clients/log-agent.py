"""An application that logs by watchtower, and somebody who reads its group as `aws logs tail --follow` does, and live."""
import json
import logging
import sys
import threading
import time

import boto3
import watchtower
from botocore.config import Config

group = sys.argv[1]
logs = boto3.client("logs", config=Config(inject_host_prefix=False))


def follow(begun_ms, wanted):
    """Source: AWS CLI, `logs tail`: FilterLogEvents from where it stood, again and again, without what was shown."""
    shown, since = {}, begun_ms
    for _ in range(100):
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since, interleaved=True):
            for event in page["events"]:
                shown[event["eventId"]] = event["message"]
                since = max(since, event["timestamp"])
        if len(shown) >= wanted:
            break
        time.sleep(0.1)
    return list(shown.values())


def live(arn, wanted, heard, ready):
    stream = logs.start_live_tail(logGroupIdentifiers=[arn])["responseStream"]
    for event in stream:
        if "sessionStart" in event:
            ready.set()
        for one in event.get("sessionUpdate", {}).get("sessionResults", []):
            heard.append(one["message"])
        if len(heard) >= wanted:
            break
    stream.close()


handler = watchtower.CloudWatchLogHandler(
    log_group_name=group,
    log_stream_name="{program_name}/{logger_name}",
    boto3_client=logs,
    create_log_group=True,
    log_group_retention_days=7,
    log_group_tags={"team": "blue"},
    send_interval=1,
    max_batch_count=100,
)
logger = logging.getLogger("shop")
logger.setLevel(logging.INFO)
logger.addHandler(handler)

begun_ms = int(time.time() * 1000) - 1000
logger.info("begun")
handler.flush()
[found] = [g for g in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]]
heard, ready = [], threading.Event()
listener = threading.Thread(target=live, args=(found["logGroupArn"], 251, heard, ready), daemon=True)
listener.start()
ready.wait(10)
for n in range(250):
    logger.info("order %d", n)
try:
    raise ValueError("wrong")
except ValueError:
    logger.exception("order failed")
logger.info({"order": 7, "amount": 1.5, "name": "straße"})
handler.close()

followed = follow(begun_ms, 253)
listener.join(15)
json.dump({"followed": followed, "heard": heard}, sys.stdout)
