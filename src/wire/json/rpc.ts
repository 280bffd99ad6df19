import { bodyBytes, utf8Text } from '../body.ts'
import type { Codec } from '../codec.ts'
import { decoding } from '../decoding.ts'
import { eventStreamBytes, eventStreamType, isEvents } from '../event-stream/events.ts'
import { faultForm } from '../fault-form.ts'
import { emptyRecord, isRecord } from '../record.ts'
import type { StructureShape } from '../shapes.ts'
import { services } from '../services.ts'
import { jsonDecoder } from './decode.ts'
import { jsonEncoder } from './encode.ts'
import { jsonFault } from './fault.ts'
import { parseJson } from './parse.ts'

/**
 * AWS JSON 1.0 and 1.1: the operation in `X-Amz-Target`, everything else in a JSON body.
 * Source: Smithy 2.0, "AWS JSON 1.0 protocol", "AWS JSON 1.1 protocol".
 */
export function jsonRpc(version: '1.0' | '1.1'): Codec {
  const protocol = `json-${version}` as const
  const contentType = `application/x-amz-json-${version}`
  return {
    protocol,

    decode: decoding(protocol, (operation, request) => {
      const text = utf8Text(bodyBytes(operation, request))
      return text === '' ? emptyRecord() : jsonDecoder(operation.input, 'name')(parseJson(text))
    }),

    encode({ output: shape }, output, requestId) {
      const events = streamed(shape, output)
      if (events) {
        const headers = { 'Content-Type': eventStreamType, 'x-amzn-RequestId': requestId }
        return { status: 200, headers, body: '', rest: eventStreamBytes(events, true) }
      }
      const body = shape ? jsonEncoder(shape, 'name')(output ?? {}) : ''
      return { status: 200, headers: { 'Content-Type': contentType, 'x-amzn-RequestId': requestId }, body }
    },

    encodeFault(service, fault, requestId) {
      const form = faultForm(service, fault, protocol)
      const headers: Record<string, string> = { 'Content-Type': contentType, 'x-amzn-RequestId': requestId }
      // Clients that once spoke query still look for the query code.
      if (service && services.get(service)?.awsQueryCompatible)
        headers['x-amzn-query-error'] = `${form.code};${form.type}`
      const type = version === '1.0' && service ? `com.amazonaws.${service}#${form.name}` : form.name
      return { status: form.status, headers, body: jsonFault(form, 'name', type) }
    },
  }
}

/** The events of an output that is a stream: no model has other members beside one. */
function streamed(shape: StructureShape | undefined, output: unknown) {
  const member = shape?.members.find((one) => one.shape.type === 'eventstream')
  const value = member && isRecord(output) ? output[member.name] : undefined
  return isEvents(value) ? value : undefined
}
