// Goal: a body of many small values is refused before it takes many times its size of memory; whoever may sign a call may send 70 MiB of them.
// Method: for each language, as many values as may be and one more.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCbor } from './cbor/parse.ts'
import { Malformed } from './fault.ts'
import { parseJson } from './json/parse.ts'
import { itemsMax } from './limits.ts'
import { parametersOf } from './query/parameters.ts'
import { parseXml } from './xml/read.ts'

const query = (body: string) =>
  parametersOf({
    ...{ method: 'POST', path: '/', query: '', body: Buffer.from(body) },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

const long = `.${'a.'.repeat(48)}a`
const rows: readonly (readonly [language: string, read: (items: number) => unknown])[] = [
  ['JSON: lists', (items) => parseJson(`[${'[],'.repeat((items - 1) / 2)}0]`)],
  ['JSON: numbers', (items) => parseJson(`[${'0,'.repeat(items - 1)}0]`)],
  ['JSON: commas within a text are none', (items) => items > itemsMax || parseJson(`["${','.repeat(2 * items)}"]`)],
  ['CBOR', (items) => parseCbor(Buffer.concat([Buffer.of(0x9f), Buffer.alloc(items - 2, 0x80), Buffer.of(0xff)]))],
  ['XML: elements', (items) => parseXml(`<a>${'<b/>'.repeat(items - 1)}</a>`)],
  ['XML: attributes', (items) => parseXml(`<a ${Array.from({ length: items - 1 }, (_, at) => `a${at}=""`).join(' ')}/>`)],
  ['query: parts of names', (items) => query(Array.from({ length: Math.ceil(items / 50) - 1 }, (_, at) => `p${at}${long}=`).join('&') + (items > itemsMax ? `&q${long}=&r${long}=` : ''))],
] // prettier-ignore

test('a document has so many values, and not one more', () => {
  for (const [language, read] of rows) {
    read(itemsMax - 1)
    if (language.includes('none')) continue
    assert.throws(() => read(itemsMax + 3), Malformed, language)
  }
  assert.equal(rows.length, 7)
})
