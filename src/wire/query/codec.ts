import type { Codec } from '../codec.ts'
import { decoding } from '../decoding.ts'
import { faultForm } from '../fault-form.ts'
import { emptyRecord } from '../record.ts'
import { serviceNamespace, xmlError, xmlHeaders } from '../xml/error.ts'
import { element, escapeXml, xmlWriter } from '../xml/write.ts'
import { queryDecoder } from './decode.ts'
import { parametersOf } from './parameters.ts'

/** AWS query: parameters in a form, the answer in XML. Source: Smithy 2.0, "AWS query protocol". */
export const query: Codec = {
  protocol: 'query',

  decode: decoding('query', (operation, request) =>
    queryDecoder(operation.input, 'query')(parametersOf(request)),
  ),

  encode({ service, name, output: shape, resultWrapper }, output, requestId) {
    const content = shape ? xmlWriter(shape, 'query').content(output ?? emptyRecord()) : ''
    const result = resultWrapper === undefined ? content : element(resultWrapper, '', content)
    const metadata = element('ResponseMetadata', '', element('RequestId', '', escapeXml(requestId)))
    const body = element(`${name}Response`, serviceNamespace(service), result + metadata)
    return { status: 200, headers: xmlHeaders(requestId), body }
  },

  encodeFault(service, fault, requestId) {
    const form = faultForm(service, fault, 'query')
    const content = xmlError(form, 'query') + element('RequestId', '', escapeXml(requestId))
    return {
      status: form.status,
      headers: xmlHeaders(requestId),
      body: element('ErrorResponse', serviceNamespace(service), content),
    }
  },
}

/** AWS EC2 query: as query, with names of its own and no wrapper. Source: Smithy 2.0, "AWS EC2 query protocol". */
export const ec2: Codec = {
  protocol: 'ec2',

  decode: decoding('ec2', (operation, request) =>
    queryDecoder(operation.input, 'ec2')(parametersOf(request)),
  ),

  encode({ service, name, output: shape }, output, requestId) {
    const content = shape
      ? xmlWriter(shape, 'ec2').content(output ?? emptyRecord())
      : element('return', '', 'true')
    const body = element(
      `${name}Response`,
      serviceNamespace(service),
      element('requestId', '', escapeXml(requestId)) + content,
    )
    return { status: 200, headers: xmlHeaders(requestId), body }
  },

  encodeFault(service, fault, requestId) {
    const { code, status, message } = faultForm(service, fault, 'ec2')
    const error = element(
      'Error',
      '',
      element('Code', '', escapeXml(code)) + element('Message', '', escapeXml(message)),
    )
    const content = element('Errors', '', error) + element('RequestID', '', escapeXml(requestId))
    return { status, headers: xmlHeaders(requestId), body: element('Response', '', content) }
  },
}
