import type { ServiceName } from '#models/index.d.ts'
import type { FaultForm } from '../fault-form.ts'
import { services } from '../services.ts'
import { element, escapeXml, namespaceAttribute, xmlWriter, type XmlDialect } from './write.ts'

/** `<Error>` with type, code, message and whatever more the error shape has. */
export function xmlError(form: FaultForm, dialect: XmlDialect): string {
  const more = form.shape ? xmlWriter(form.shape, dialect).content(form.members) : ''
  const head = element('Type', '', form.type) + element('Code', '', escapeXml(form.code))
  return element('Error', '', `${head}${element('Message', '', escapeXml(form.message))}${more}`)
}

/** The default namespace of a service's answers, as an attribute; none where the model names none. */
export function serviceNamespace(service: ServiceName | undefined): string {
  const uri = service && services.get(service)?.xmlNamespace
  return uri === undefined ? '' : namespaceAttribute(uri)
}

export function xmlHeaders(requestId: string): Record<string, string> {
  return { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId }
}
