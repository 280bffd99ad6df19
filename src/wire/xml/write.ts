import { isRecord } from '../record.ts'
import type { ListShape, MapShape, Member, Ref, StructureShape } from '../shapes.ts'
import { textEncoder, wrongType } from '../text.ts'

/** Which name a member has in an answer: SQS's query names differ, EC2's query names are those of requests alone. */
export type XmlDialect = 'query' | 'ec2' | 'rest-xml'

/** Writes the elements inside a structure's own. */
export type XmlContent = (value: unknown) => string
/** Writes a member's element, or elements. */
type XmlElements = (value: unknown) => string

interface Written {
  readonly content: XmlContent
  /** The attributes of the structure's own element, beginning with a space. */
  readonly attributes: ((value: unknown) => string) | undefined
}

const compiled = {
  query: new Map<StructureShape, Written>(),
  ec2: new Map<StructureShape, Written>(),
  'rest-xml': new Map<StructureShape, Written>(),
}

/** The writer of a structure as XML. Source: Smithy 2.0, "XML bindings". */
export function xmlWriter(shape: StructureShape, dialect: XmlDialect): Written {
  const known = compiled[dialect].get(shape)
  if (known) return known
  const made = structureWriter(shape, dialect)
  compiled[dialect].set(shape, made)
  return made
}

function structureWriter(shape: StructureShape, dialect: XmlDialect): Written {
  const named = (member: Member) => ({ name: member.name, label: elementName(member, dialect) })
  const elements = shape.members
    .filter(({ xmlAttribute }) => !xmlAttribute)
    .map((member) => ({ ...named(member), write: elementsOf(member, elementName(member, dialect), dialect) }))
  const attributes = shape.members
    .filter(({ xmlAttribute }) => xmlAttribute)
    .map((member) => ({ ...named(member), write: textEncoder(member, 'iso8601') }))
  return {
    content(value) {
      if (!isRecord(value)) throw wrongType(shape, value)
      let text = ''
      for (const { name, write } of elements) {
        const given = value[name]
        if (given !== undefined && given !== null) text += write(given)
      }
      return text
    },
    attributes:
      attributes.length === 0
        ? undefined
        : (value) => {
            if (!isRecord(value)) throw wrongType(shape, value)
            let text = ''
            for (const { name, label, write } of attributes) {
              const given = value[name]
              if (given !== undefined && given !== null) text += ` ${label}="${escapeXml(write(given))}"`
            }
            return text
          },
  }
}

function elementName({ name, locationName, queryName }: Member, dialect: XmlDialect): string {
  return (dialect === 'query' ? queryName : undefined) ?? locationName ?? name
}

function elementsOf(ref: Ref, label: string, dialect: XmlDialect): XmlElements {
  const { shape, xmlNamespace } = ref
  const namespace = xmlNamespace ? namespaceAttribute(xmlNamespace.uri, xmlNamespace.prefix) : ''
  switch (shape.type) {
    case 'structure': {
      // Made when it is first used: a structure may contain itself.
      let writer: Written | undefined
      return (value) => {
        writer ??= xmlWriter(shape, dialect)
        return element(label, `${namespace}${writer.attributes?.(value) ?? ''}`, writer.content(value))
      }
    }
    case 'list': {
      const flat = ref.flattened ?? shape.flattened
      const inner = listItems(shape, flat ? label : (shape.member.locationName ?? 'member'), dialect)
      return flat ? inner : (value) => element(label, namespace, inner(value))
    }
    case 'map': {
      const flat = ref.flattened ?? shape.flattened
      const inner = mapEntries(shape, flat ? label : 'entry', dialect)
      return flat ? inner : (value) => element(label, namespace, inner(value))
    }
    case 'string':
    case 'boolean':
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
    case 'timestamp':
    case 'blob':
    case 'document':
    case 'eventstream':
      break
  }
  const open = `<${label}${namespace}>`
  const close = `</${label}>`
  const write = textEncoder(ref, 'iso8601')
  return (value) => open + escapeXml(write(value)) + close
}

function listItems(shape: ListShape, label: string, dialect: XmlDialect): XmlContent {
  const write = elementsOf(shape.member, label, dialect)
  return (value) => {
    if (!Array.isArray(value)) throw wrongType(shape, value)
    let text = ''
    for (const item of value) text += write(item)
    return text
  }
}

function mapEntries(shape: MapShape, label: string, dialect: XmlDialect): XmlContent {
  const { key, value } = shape
  const query = dialect === 'query'
  const writeKey = elementsOf(key, (query ? key.queryName : undefined) ?? key.locationName ?? 'key', dialect)
  const writeValue = elementsOf(
    value,
    (query ? value.queryName : undefined) ?? value.locationName ?? 'value',
    dialect,
  )
  return (given) => {
    if (!isRecord(given)) throw wrongType(shape, given)
    let text = ''
    for (const [name, item] of Object.entries(given)) {
      if (item !== undefined) text += element(label, '', writeKey(name) + writeValue(item))
    }
    return text
  }
}

/** An element of what is XML already: whoever gives text has escaped it. */
export function element(label: string, attributes: string, content: string): string {
  return `<${label}${attributes}>${content}</${label}>`
}

/** Gives ` xmlns="…"`. */
export function namespaceAttribute(uri: string, prefix?: string): string {
  return ` xmlns${prefix === undefined ? '' : `:${prefix}`}="${escapeXml(uri)}"`
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  // A parser would turn a bare one into a line feed.
  ['\r', '&#xD;'],
])

/**
 * Text as XML writes it. Characters that XML 1.0 cannot hold in any form (most control characters, halves of surrogate pairs)
 * become U+FFFD: one such character in a stored name must not make every answer that lists it unreadable.
 */
export function escapeXml(text: string): string {
  if (!special.test(text)) return text
  return text.replace(specials, (character) => escapes.get(character) ?? '\uFFFD')
}

// As a string: a literal with control characters is taken for a mistake.
const special = new RegExp(String.raw`[&<>"\r\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF\p{Surrogate}]`, 'u')
const specials = new RegExp(special.source, 'gu')
