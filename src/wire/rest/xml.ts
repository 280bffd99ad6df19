import type { ServiceName } from '#models/index.d.ts'
import { bodyBytes, utf8Text } from '../body.ts'
import type { Codec } from '../codec.ts'
import { decoding } from '../decoding.ts'
import { faultForm } from '../fault-form.ts'
import type { Member } from '../shapes.ts'
import { xmlDecoder } from '../xml/decode.ts'
import { serviceNamespace, xmlError, xmlHeaders } from '../xml/error.ts'
import { parseXml } from '../xml/read.ts'
import { element, escapeXml, namespaceAttribute, xmlWriter } from '../xml/write.ts'
import { readBound, restInput } from './request.ts'
import { outputRecord, rawPayload, restOutput, writeBound } from './response.ts'

/** REST-XML: operations by method and path, the rest of the input in an XML body. Source: Smithy 2.0, "AWS restXml protocol". */
export const restXml: Codec = {
  protocol: 'rest-xml',

  decode: decoding('rest-xml', (operation, request) => {
    const input = readBound(operation, request)
    const { body, payload } = restInput(operation.input)
    const bytes = payload || body ? bodyBytes(operation, request) : undefined
    if (!bytes || bytes.length === 0) return input
    if (body) Object.assign(input, xmlDecoder(body)(parseXml(utf8Text(bytes))))
    if (payload) input[payload.name] = payloadOf(payload, bytes)
    return input
  }),

  encode({ http, service, output: shape }, output, requestId) {
    const isRaw = shape?.payload !== undefined && shape.payload.shape.type !== 'structure'
    const contentType = isRaw ? { 'Content-Type': 'application/octet-stream' } : {}
    const base = { status: http.responseCode, headers: { ...xmlHeaders(requestId), ...contentType } }
    if (!shape) return { ...base, body: '' }
    const given = outputRecord(shape, output)
    const { status, headers } = writeBound(shape, given, base)
    const { body, payload } = restOutput(shape)
    if (payload) {
      const value = given[payload.name]
      if (payload.shape.type !== 'structure') return { status, headers, body: rawPayload(payload, value) }
      if (value === undefined || value === null) return { status, headers, body: '' }
      const { content, attributes } = xmlWriter(payload.shape, 'rest-xml')
      const label = payload.locationName ?? payload.shape.name
      return {
        status,
        headers,
        body:
          declaration +
          element(label, rootNamespace(payload, service) + (attributes?.(value) ?? ''), content(value)),
      }
    }
    if (!body || status === 204) return { status, headers, body: '' }
    return {
      status,
      headers,
      body:
        declaration +
        element(shape.name, serviceNamespace(service), xmlWriter(body, 'rest-xml').content(given)),
    }
  },

  encodeFault(service, fault, requestId) {
    const form = faultForm(service, fault, 'rest-xml')
    const content = xmlError(form, 'rest-xml') + element('RequestId', '', escapeXml(requestId))
    return {
      status: form.status,
      headers: xmlHeaders(requestId),
      body: declaration + element('ErrorResponse', serviceNamespace(service), content),
    }
  },
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

function rootNamespace({ xmlNamespace }: Member, service: ServiceName): string {
  return xmlNamespace ? namespaceAttribute(xmlNamespace.uri, xmlNamespace.prefix) : serviceNamespace(service)
}

function payloadOf(payload: Member, bytes: Uint8Array): unknown {
  if (payload.shape.type === 'structure') return xmlDecoder(payload.shape)(parseXml(utf8Text(bytes)))
  return payload.shape.type === 'string' ? utf8Text(bytes) : bytes
}
