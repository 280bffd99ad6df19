/**
 * The program that runs a Python function; see node-bootstrap.ts.
 * Source: Lambda Developer Guide, "Define Lambda function handler in Python", "Using the Lambda context object".
 */
export const pythonBootstrap = String.raw`
import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

api, secret = os.environ['AWS_LAMBDA_RUNTIME_API'].split('/', 1)
prefix = '/' + secret + '/2018-06-01/runtime'
connection = http.client.HTTPConnection(api)
request_id = ''


class Output:
    """Keeps the lines of one text together: a line break within it becomes a carriage return."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        self.stream.write(text)
        if text.endswith('\n'):
            self.stream.flush()
        return len(text)

    def __getattr__(self, name):
        return getattr(self.stream, name)


sys.stdout = Output(sys.stdout)


class Lines(logging.Handler):
    def emit(self, record):
        record.aws_request_id = request_id
        text = self.format(record).replace('\n', '\r')
        sys.stdout.write(text + '\n')
        sys.stdout.flush()


lines = Lines()
formatter = logging.Formatter('[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s', '%Y-%m-%dT%H:%M:%S')
formatter.converter = time.gmtime
lines.setFormatter(formatter)
logging.getLogger().addHandler(lines)


def ask(method, path, body=None, headers={}):
    connection.request(method, prefix + path, body=body, headers=headers)
    response = connection.getresponse()
    return response.status, response.headers, response.read()


def error_of(error, error_type=None):
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.endswith('redoubt_bootstrap.py') and not frame.filename.startswith('<frozen')]
    return {
        'errorMessage': str(error),
        'errorType': error_type or type(error).__name__,
        'requestId': request_id,
        'stackTrace': traceback.format_list(own),
    }


def report(path, told):
    sys.stdout.write(('[ERROR] ' + told['errorType'] + ': ' + told['errorMessage'] + '\rTraceback (most recent call last):\r' + ''.join(told['stackTrace'])).replace('\n', '\r') + '\n')
    sys.stdout.flush()
    headers = {'Content-Type': 'application/json', 'Lambda-Runtime-Function-Error-Type': told['errorType']}
    ask('POST', path, json.dumps(told), headers)


class RuntimeFault(Exception):
    def __init__(self, error_type, message):
        super().__init__(message)
        self.error_type = error_type


def load():
    named = os.environ.get('_HANDLER', '')
    if '.' not in named:
        raise RuntimeFault('Runtime.MalformedHandlerName', "Bad handler '" + named + "': not enough values to unpack (expected 2, got 1)")
    module, name = named.rsplit('.', 1)
    try:
        loaded = importlib.import_module(module.replace('/', '.'))
    except ImportError as error:
        raise RuntimeFault('Runtime.ImportModuleError', "Unable to import module '" + module + "': " + str(error))
    except SyntaxError as error:
        raise RuntimeFault('Runtime.UserCodeSyntaxError', "Syntax error in module '" + module + "': " + str(error))
    if not hasattr(loaded, name):
        raise RuntimeFault('Runtime.HandlerNotFound', "Handler '" + name + "' missing on module '" + module + "'")
    return getattr(loaded, name)


class Context:
    def __init__(self, headers):
        self.function_name = os.environ['AWS_LAMBDA_FUNCTION_NAME']
        self.function_version = os.environ['AWS_LAMBDA_FUNCTION_VERSION']
        self.memory_limit_in_mb = os.environ['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
        self.log_group_name = os.environ['AWS_LAMBDA_LOG_GROUP_NAME']
        self.log_stream_name = os.environ['AWS_LAMBDA_LOG_STREAM_NAME']
        self.aws_request_id = request_id
        self.invoked_function_arn = headers['Lambda-Runtime-Invoked-Function-Arn']
        self.identity = None
        client_context = headers.get('Lambda-Runtime-Client-Context')
        self.client_context = json.loads(client_context) if client_context else None
        self._deadline_ms = int(headers['Lambda-Runtime-Deadline-Ms'])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))


sys.path.insert(0, os.environ['LAMBDA_TASK_ROOT'])
try:
    handler = load()
except BaseException as error:
    report('/init/error', error_of(error, getattr(error, 'error_type', None)))
    sys.exit(1)

while True:
    status, headers, body = ask('GET', '/invocation/next')
    if status != 200:
        sys.exit(0)
    request_id = headers['Lambda-Runtime-Aws-Request-Id']
    os.environ['_X_AMZN_TRACE_ID'] = headers.get('Lambda-Runtime-Trace-Id', '')
    path = '/invocation/' + request_id
    try:
        event = json.loads(body)
        value = handler(event, Context(headers))
        try:
            answer = json.dumps(value)
        except (TypeError, ValueError) as error:
            raise RuntimeFault('Runtime.MarshalError', 'Unable to marshal response: ' + str(error))
    except SystemExit:
        raise
    except BaseException as error:
        report(path + '/error', error_of(error, getattr(error, 'error_type', None)))
        continue
    sys.stdout.flush()
    ask('POST', path + '/response', answer, {'Content-Type': 'application/json'})
`
