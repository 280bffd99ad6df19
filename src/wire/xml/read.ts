import { SaxesParser } from 'saxes'
import { Malformed } from '../fault.ts'
import { itemsMax, nestingMax } from '../limits.ts'

/** An element of an XML document, its name without prefix. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: XmlElement[]
  text: string
}

/**
 * Reads an XML document of bounded nesting and size, and gives its root. A document type declaration is refused: entities are the way to
 * blow a small document up, and no AWS client sends one. Faults: Malformed.
 */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser()
  const open: XmlElement[] = []
  let root: XmlElement | undefined
  parser.on('error', () => {
    throw new Malformed('The XML you provided was not well-formed')
  })
  parser.on('doctype', () => {
    throw new Malformed('A document type declaration is not allowed')
  })
  let items = 0
  const count = (): void => {
    items += 1
    if (items > itemsMax) throw new Malformed(`The XML has more than ${itemsMax} elements and attributes`)
  }
  parser.on('attribute', count)
  parser.on('opentag', ({ name, attributes }) => {
    count()
    if (open.length >= nestingMax) throw new Malformed(`The XML is nested deeper than ${nestingMax} levels`)
    const named = Object.entries(attributes).map(([key, value]): [string, string] => [key, value])
    const element: XmlElement = { name: localName(name), attributes: new Map(named), children: [], text: '' }
    open.at(-1)?.children.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  const addText = (more: string) => {
    const element = open.at(-1)
    if (element) element.text += more
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.write(text).close()
  if (!root) throw new Malformed('The XML has no root element')
  return root
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
