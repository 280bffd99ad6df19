/**
 * The program that runs a Node function: it speaks the Runtime API, and knows nothing of Redoubt. A text, because it runs in the function's
 * process, copied to where the function may read.
 * Source: Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"; "Define Lambda function handler in Node.js".
 */
export const nodeBootstrap = String.raw`
import http from 'node:http'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'

const later = process.env.REDOUBT_FUNCTION_VARIABLES
delete process.env.REDOUBT_FUNCTION_VARIABLES
Object.assign(process.env, JSON.parse(later ?? '{}'))
const [host, secret] = process.env.AWS_LAMBDA_RUNTIME_API.split('/')
const [hostname, port] = host.split(':')
const prefix = '/' + secret + '/2018-06-01/runtime'
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
let requestId = ''

for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'log']) {
  const name = level === 'log' ? 'INFO' : level.toUpperCase()
  console[level] = (...values) => {
    const text = new Date().toISOString() + '\t' + (requestId || 'undefined') + '\t' + name + '\t' + format(...values)
    process.stdout.write(text.replace(/\n/g, '\r') + '\n')
  }
}

function ask(method, path, headers = {}, body = undefined) {
  return new Promise((done, fail) => {
    const request = http.request({ hostname, port, method, path: prefix + path, agent, headers }, (response) => {
      const pieces = []
      response.on('data', (piece) => pieces.push(piece))
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) }))
      response.on('error', fail)
    })
    request.on('error', fail)
    request.end(body)
  })
}

const streams = Symbol.for('aws.lambda.runtime.handler.streaming')
const errorTrailers = 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body'

globalThis.awslambda = {
  streamifyResponse(handler) {
    handler[streams] = 'response'
    return handler
  },
  HttpResponseStream: class {
    static from(stream, prelude) {
      stream.setContentType('application/vnd.awslambda.http-integration-response')
      stream.prelude = Buffer.concat([Buffer.from(JSON.stringify(prelude)), Buffer.alloc(8)])
      return stream
    }
  },
}

class ResponseStream extends Writable {
  contentType = 'application/octet-stream'
  prelude
  request
  answered
  constructor() {
    super({ highWaterMark: 65536, decodeStrings: true })
  }
  setContentType(contentType) {
    this.contentType = contentType
  }
  write(chunk, ...rest) {
    return super.write(typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk), ...rest)
  }
  begin() {
    if (this.request) return
    const headers = { 'content-type': this.contentType, 'lambda-runtime-function-response-mode': 'streaming', 'transfer-encoding': 'chunked', trailer: errorTrailers }
    this.answered = new Promise((done, fail) => {
      this.request = http.request({ hostname, port, method: 'POST', path: prefix + '/invocation/' + requestId + '/response', agent, headers }, (response) => {
        response.resume()
        response.on('end', done)
        response.on('error', fail)
      })
      this.request.on('error', fail)
    })
    this.answered.catch(() => {})
    this.request.flushHeaders()
    if (this.prelude) this.request.write(this.prelude)
  }
  _write(chunk, encoding, written) {
    this.begin()
    this.request.write(chunk, written)
  }
  _final(written) {
    this.begin()
    written()
  }
  close(error) {
    this.begin()
    if (error) this.request.addTrailers({ 'Lambda-Runtime-Function-Error-Type': error.errorType, 'Lambda-Runtime-Function-Error-Body': Buffer.from(JSON.stringify(error)).toString('base64') })
    this.request.end()
    return this.answered
  }
}

function errorOf(error, type) {
  if (error instanceof Error || (error && typeof error === 'object' && 'message' in error && 'stack' in error))
    return { errorType: type ?? error.name ?? 'Error', errorMessage: String(error.message), trace: String(error.stack ?? '').split('\n') }
  return { errorType: type ?? typeof error, errorMessage: String(error), trace: [] }
}

function report(path, error) {
  const body = JSON.stringify(error)
  return ask('POST', path, { 'content-type': 'application/json', 'lambda-runtime-function-error-type': error.errorType }, body)
}

function runtimeError(type, message) {
  const error = new Error(message)
  error.name = type
  return error
}

async function load() {
  const root = process.env.LAMBDA_TASK_ROOT
  const named = /^(.*\/)?([^/.]+)\.(.+)$/.exec(process.env._HANDLER ?? '')
  if (!named || named[0].includes('..')) throw runtimeError('Runtime.MalformedHandlerName', 'Bad handler')
  const [, folder = '', module, path] = named
  const base = resolve(root, folder, module)
  const file = ['', '.js', '.mjs', '.cjs'].map((end) => base + end).find((one) => existsSync(one) && one !== base)
  if (!file) throw runtimeError('Runtime.ImportModuleError', "Error: Cannot find module '" + folder + module + "'")
  let loaded
  try {
    loaded = await import(pathToFileURL(file).href)
  } catch (error) {
    if (error instanceof SyntaxError) throw Object.assign(runtimeError('Runtime.UserCodeSyntaxError', String(error)), { stack: error.stack })
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND')
      throw Object.assign(runtimeError('Runtime.ImportModuleError', 'Error: ' + error.message), { stack: error.stack })
    throw error
  }
  const find = (from) => path.split('.').reduce((value, name) => value?.[name], from)
  const handler = find(loaded) ?? find(loaded.default)
  if (handler === undefined) throw runtimeError('Runtime.HandlerNotFound', process.env._HANDLER + ' is undefined or not exported')
  if (typeof handler !== 'function') throw runtimeError('Runtime.HandlerNotFound', process.env._HANDLER + ' is not a function')
  return handler
}

let onEmpty
process.on('beforeExit', () => onEmpty?.())

function run(handler, event, headers, stream) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms'])
  const clientContext = headers['lambda-runtime-client-context']
  return new Promise((done, fail) => {
    const context = {
      callbackWaitsForEmptyEventLoop: true,
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
      invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
      memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      awsRequestId: requestId,
      logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
      clientContext: clientContext ? JSON.parse(clientContext) : undefined,
      identity: undefined,
      getRemainingTimeInMillis: () => deadlineMs - Date.now(),
      succeed: (value) => callback(null, value),
      fail: (error) => callback(error ?? 'handled'),
      done: (error, value) => callback(error, value),
    }
    let called
    function callback(error, value) {
      called ??= error === null || error === undefined ? () => done(value) : () => fail(error)
      if (context.callbackWaitsForEmptyEventLoop === false) called()
    }
    if (stream) {
      onEmpty = () => fail(runtimeError('Runtime.NodeJsExit', 'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a stream that was never ended.'))
      stream.on('error', fail)
      const finished = new Promise((ended) => stream.once('finish', ended))
      Promise.resolve(handler(event, stream, context)).then(() => finished).then(done, fail)
      return
    }
    const answer = handler(event, context, callback)
    if (answer && typeof answer.then === 'function') {
      onEmpty = () => fail(runtimeError('Runtime.NodeJsExit', 'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled.'))
      answer.then(done, fail)
    } else onEmpty = () => (called ? called() : done(null))
  }).finally(() => (onEmpty = undefined))
}

let ending = false
async function fatal(type, status, error) {
  // What ends it may be that nobody is left to hear, its output included: that is told no further.
  if (ending) process.exit(status)
  ending = true
  const told = errorOf(error, type)
  console.error(type ?? 'Uncaught Exception', '\t' + JSON.stringify(told))
  try {
    await report(requestId ? '/invocation/' + requestId + '/error' : '/init/error', told)
  } finally {
    process.exit(status)
  }
}
process.on('uncaughtException', (error) => void fatal(undefined, 129, error))
process.on('unhandledRejection', (reason) => void fatal('Runtime.UnhandledPromiseRejection', 128, reason instanceof Error ? Object.assign(new Error(String(reason)), { stack: reason.stack }) : new Error(String(reason))))

let handler
try {
  handler = await load()
} catch (error) {
  await fatal(undefined, 1, error)
}
for (;;) {
  const { status, headers, body } = await ask('GET', '/invocation/next')
  if (status !== 200) process.exit(0)
  requestId = headers['lambda-runtime-aws-request-id']
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? ''
  if (handler[streams]) {
    const stream = new ResponseStream()
    let told
    try {
      await run(handler, JSON.parse(body.toString('utf8')), headers, stream)
    } catch (error) {
      told = errorOf(error)
      console.error('Invoke Error', '\t' + JSON.stringify({ ...told, stack: told.trace, trace: undefined }))
    }
    if (told && !stream.request) await report('/invocation/' + requestId + '/error', told)
    else await stream.close(told)
    continue
  }
  let answer
  try {
    const value = await run(handler, JSON.parse(body.toString('utf8')), headers)
    answer = JSON.stringify(value === undefined ? null : value)
    if (answer === undefined) throw runtimeError('Runtime.MarshalError', 'Unable to stringify response body')
  } catch (error) {
    const told = errorOf(error)
    console.error('Invoke Error', '\t' + JSON.stringify({ ...told, stack: told.trace, trace: undefined }))
    await report('/invocation/' + requestId + '/error', told)
    continue
  }
  await ask('POST', '/invocation/' + requestId + '/response', { 'content-type': 'application/json' }, answer)
}
`
