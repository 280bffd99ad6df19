"""Has the AWS CLI read commands, one a line, and tells which it would not send. It reaches nobody: the port is closed."""

import contextlib
import io
import os
import shlex
import sys

os.environ.update(
    AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY="secret",
    AWS_MAX_ATTEMPTS="1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_DEFAULT_REGION="eu-central-1",
)

from awscli.clidriver import create_clidriver  # noqa: E402

driver = create_clidriver()
for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            driver.main(shlex.split(line)[1:] + ["--endpoint-url", "http://127.0.0.1:9"])
        except SystemExit:
            pass
    if "Could not connect" not in said.getvalue():
        print(line.strip(), said.getvalue().strip().replace("\n", " "), sep="\n  ")
