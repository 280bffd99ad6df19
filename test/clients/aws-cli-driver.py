"""Runs the AWS CLI: one command a line on standard input, one answer a line on standard output, both JSON.

Each command is a process of its own, as the CLI's executable would be, forked from this one, which has loaded the CLI's code.
"""

import json
import os
import sys
from tempfile import TemporaryFile

import awscli.clidriver


def become(command, out, err):
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    data = os.environ["AWS_DATA_PATH"]  # The CLI set it when it was imported.
    os.environ.clear()
    os.environ.update(command["environment"], AWS_DATA_PATH=data)
    sys.argv = ["aws", *command["parameters"]]
    sys.exit(awscli.clidriver.main())


def answer(command):
    with TemporaryFile() as out, TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            become(command, out, err)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return {"code": code, "stdout": out.read().decode(), "stderr": err.read().decode()}


awscli.clidriver.create_clidriver()  # It imports what commands are customized by.
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
