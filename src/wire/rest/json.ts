import { bodyBytes, utf8Text } from '../body.ts'
import type { Codec } from '../codec.ts'
import { decoding } from '../decoding.ts'
import { eventStreamBytes, eventStreamType, isEvents } from '../event-stream/events.ts'
import { faultForm } from '../fault-form.ts'
import type { HttpRequest } from '../http.ts'
import { jsonDecoder } from '../json/decode.ts'
import { jsonEncoder } from '../json/encode.ts'
import { jsonFault } from '../json/fault.ts'
import { parseJson } from '../json/parse.ts'
import type { OperationModel } from '../shapes.ts'
import { readBound, restInput } from './request.ts'
import { outputRecord, rawPayload, restOutput, writeBound } from './response.ts'

/** REST-JSON: operations by method and path, the rest of the input in a JSON body. Source: Smithy 2.0, "AWS restJson1 protocol". */
export const restJson: Codec = {
  protocol: 'rest-json',

  decode: decoding('rest-json', (operation, request) => {
    const input = readBound(operation, request)
    const { body, payload } = restInput(operation.input)
    if (payload) {
      const value = readPayload(operation, request)
      if (value !== undefined) input[payload.name] = value
    } else if (body) {
      const text = utf8Text(bodyBytes(operation, request))
      if (text !== '') Object.assign(input, jsonDecoder(body, 'locationName')(parseJson(text)))
    }
    return input
  }),

  encode({ http, output: shape }, output, requestId) {
    const base = { status: http.responseCode, headers: { 'x-amzn-RequestId': requestId } }
    if (!shape) return { ...base, body: '' }
    const given = outputRecord(shape, output)
    const { status, headers } = writeBound(shape, given, base)
    const { body, payload } = restOutput(shape)
    if (payload) {
      const value = given[payload.name]
      if (payload.shape.type === 'eventstream' && isEvents(value)) {
        headers['Content-Type'] = eventStreamType
        return { status, headers, body: '', rest: eventStreamBytes(value) }
      }
      if (payload.shape.type === 'structure') {
        headers['Content-Type'] = 'application/json'
        return {
          status,
          headers,
          body: value === undefined ? '' : jsonEncoder(payload.shape, 'locationName')(value),
        }
      }
      headers['Content-Type'] ??= 'application/octet-stream'
      return { status, headers, body: rawPayload(payload, value) }
    }
    if (!body || status === 204) return { status, headers, body: '' }
    headers['Content-Type'] = 'application/json'
    return { status, headers, body: jsonEncoder(body, 'locationName')(given) }
  },

  encodeFault(service, fault, requestId) {
    const form = faultForm(service, fault, 'rest-json')
    const base = {
      status: form.status,
      headers: { 'Content-Type': 'application/json', 'x-amzn-RequestId': requestId },
    }
    const { headers } = form.shape ? writeBound(form.shape, form.members, base) : base
    // Last: a shape (Account's errors) may bind a member to it.
    Object.assign(headers, { 'x-amzn-ErrorType': form.name })
    return { status: form.status, headers, body: jsonFault(form, 'locationName', form.name) }
  },
}

function readPayload(operation: OperationModel, request: HttpRequest): unknown {
  const { payload } = restInput(operation.input)
  const bytes = bodyBytes(operation, request)
  if (!payload || bytes.length === 0) return undefined
  if (payload.shape.type === 'structure')
    return jsonDecoder(payload.shape, 'locationName')(parseJson(utf8Text(bytes)))
  if (payload.shape.type === 'string') return utf8Text(bytes)
  return bytes
}
