// Goal: whatever text is stored, the XML that holds it is well-formed, and gives it back where XML can hold it at all.
// Method: rows, then any text through our writer and reader.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseXml } from './read.ts'
import { escapeXml } from './write.ts'

const rows: readonly [name: string, text: string, want: string][] = [
  ['markup', `<a b="c">&'`, `&lt;a b=&quot;c&quot;&gt;&amp;'`],
  ['a carriage return, which a reader would make a line feed', 'a\r\nb', 'a&#xD;\nb'],
  ['what XML cannot hold', 'a\0b\x1Bc\uFFFEd', 'a\uFFFDb\uFFFDc\uFFFDd'],
  ['half a surrogate pair', 'a\uD800b', 'a\uFFFDb'],
  ['whole pairs', '😀', '😀'],
]

for (const [name, text, want] of rows) {
  test(`escape: ${name}`, () => assert.equal(escapeXml(text), want))
}

test('escape: any text is well-formed, and comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
      // eslint-disable-next-line no-control-regex -- these are what XML 1.0 excludes.
      const held = text.replaceAll(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g, '\uFFFD')
      assert.equal(parseXml(`<a>${escapeXml(text)}</a>`).text, held)
    }),
  )
})
