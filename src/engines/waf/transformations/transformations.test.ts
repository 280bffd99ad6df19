// Goal: every text transformation does what its published definition says, never throws, and never grows past its bound.
// Method: rows from the definitions (AWS's for those it publishes, ModSecurity's for those that share a name), each
// transformation in at least two; properties on random bytes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { growthMax, transformations, type TransformationType } from './index.ts'

const rows: readonly [type: TransformationType, given: string, want: string][] = [
  ['BASE64_DECODE', 'VGVzdENhc2U=', 'TestCase'],
  ['BASE64_DECODE', 'VGVzdA==!VGVzdA==', 'Test'],
  ['BASE64_DECODE', 'VGVz.dA', 'Tes'],
  ['BASE64_DECODE_EXT', 'VGVzd.ENhc-2U=', 'TestCase'],
  ['BASE64_DECODE_EXT', 'P.HNjcmlwd D5hbGVydCgxKT wvc2NyaXB0Pg==', '<script>alert(1)</script>'],
  ['CMD_LINE', 'c^om"m\'an\\d', 'command'],
  ['CMD_LINE', 'C:\\Windows , x', 'c:windows x'],
  ['CMD_LINE', 'cmd   /c  (dir;;ls)', 'cmd/c(dir ls)'],
  ['CMD_LINE', 'a\t\r\n b', 'a b'],
  ['CMD_LINE_UNIX', 'c\\at "/etc"/pas$@swd', 'cat/etc/passwd'],
  ['CMD_LINE_UNIX', 'ca\\\nt^', 'cat^'],
  ['CMD_LINE_WIN', 'C:\\Win"do^ws,it\'s', "c:\\windows it's"],
  ['CMD_LINE_WIN', 'DIR  /S', 'dir/s'],
  ['COMPRESS_WHITE_SPACE', 'a \t\n\v\f\r\xa0b', 'a b'],
  ['COMPRESS_WHITE_SPACE', '  a', ' a'],
  ['CSS_DECODE', 'ja\\vascript', 'javascript'],
  ['CSS_DECODE', 'test\\a\\b\\f\\n\\12\\123\\1234', 'test\n\x0b\x0fn\x12\x23\x34'],
  ['CSS_DECODE', '\\12345\\123456\\ff01\\ff5e\\0ff21\\00ff21\\1ff21', '\x45\x56!~AA!'],
  ['CSS_DECODE', '\\1A\\1 A\\1234567\\123456 7\\1x\\1 x', '\x1a\x01A\x567\x567\x01x\x01x'],
  ['CSS_DECODE', 'a\\\nb\\', 'ab'],
  [
    'ESCAPE_SEQ_DECODE',
    '\\a\\b\\f\\n\\r\\t\\v\\?\\\'\\"\\0\\12\\123\\x00\\xff',
    '\x07\b\f\n\r\t\v?\'"\0\n\x53\0\xff',
  ],
  ['ESCAPE_SEQ_DECODE', '\\8\\9\\666\\xag\\xga\\0123', '89\xb6xagxga\n3'],
  ['ESCAPE_SEQ_DECODE', '\\', '\\'],
  ['ESCAPE_SEQ_DECODE', '\\\\n', '\\n'],
  ['HEX_DECODE', '5465737443617365', 'TestCase'],
  ['HEX_DECODE', '54657374zz', 'Test'],
  ['HEX_DECODE', '546', 'T'],
  ['HTML_ENTITY_DECODE', '&#0;&#x0;&#x41;&#65&quot;&amp&lt;&GT;&nbsp;', '\0\0AA"&<>\xa0'],
  ['HTML_ENTITY_DECODE', '&#x20ac;', '\xe2\x82\xac'],
  ['HTML_ENTITY_DECODE', '&#;&#x;&unknown;&#x110000;&', '&#;&#x;&unknown;&#x110000;&'],
  [
    'JS_DECODE',
    '\\a\\b\\f\\n\\r\\t\\v\\?\\\'\\"\\0\\12\\123\\x00\\xff\\u0021\\uff01',
    '\x07\b\f\n\r\t\v?\'"\0\n\x53\0\xff!!',
  ],
  [
    'JS_DECODE',
    '\\8\\9\\666\\u00ag\\u00ga\\u0zaa\\uz0aa\\xag\\xga\\0123\\u00a',
    '89\x366u00agu00gau0zaauz0aaxagxga\n3u00a',
  ],
  ['JS_DECODE', '\\', '\\'],
  ['JS_DECODE', '<\\163\\143\\162\\151\\160\\164>', '<script>'],
  ['JS_DECODE', '\\u{41}', 'u{41}'],
  ['JS_DECODE_EXT', '\\u{41}\\u{0000ff21}\\u0042\\x43', 'AABC'],
  ['JS_DECODE_EXT', '\\u{}\\u{110000}\\u{41', 'u{}u{110000}u{41'],
  ['LOWERCASE', 'TestCASE\0\xc4', 'testcase\0\xc4'],
  ['LOWERCASE', 'ÀB'.normalize('NFC'), '\xc0b'],
  ['MD5', '', '\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04\xe9\x80\x09\x98\xec\xf8\x42\x7e'],
  ['MD5', 'TestCase', '\xc9\xab\xa2\xc3\xe6\x01\x26\x16\x9e\x80\xe9\xa2\x6b\xa2\x73\xc1'],
  ['NONE', ' As\0is ', ' As\0is '],
  ['NONE', '', ''],
  ['NORMALIZE_PATH', '/foo/bar/baz', '/foo/bar/baz'],
  ['NORMALIZE_PATH', '/dir/foo//bar', '/dir/foo/bar'],
  ['NORMALIZE_PATH', 'dir/../../foo', '../foo'],
  ['NORMALIZE_PATH', './../', '../'],
  ['NORMALIZE_PATH', '../.', '..'],
  ['NORMALIZE_PATH', '.', ''],
  ['NORMALIZE_PATH', 'dir//.//..//.//..//..//foo//bar//', '../../foo/bar/'],
  ['NORMALIZE_PATH', 'dir/./subdir/../subsubdir/../subsubsubdir/..', 'dir'],
  ['NORMALIZE_PATH', '/./.././../../../../../../../\0/../etc/./passwd', '/etc/passwd'],
  ['NORMALIZE_PATH', '/a/..', '/'],
  ['NORMALIZE_PATH', '/a/...', '/a/...'],
  ['NORMALIZE_PATH_WIN', '\\dir\\.\\..\\etc\\\\x', '/etc/x'],
  ['NORMALIZE_PATH_WIN', 'dir\\foo/bar\\', 'dir/foo/bar/'],
  ['REMOVE_COMMENTS_CHAR', 'un/*ion--# <!-- x -->*/', 'union  x '],
  ['REMOVE_COMMENTS_CHAR', 'a-b', 'a-b'],
  ['REMOVE_NULLS', '\0a\0\0b', 'ab'],
  ['REMOVE_NULLS', 'ab', 'ab'],
  ['REMOVE_WHITESPACE', ' a\t\n\v\f\r\xa0b ', 'ab'],
  ['REMOVE_WHITESPACE', '', ''],
  ['REPLACE_COMMENTS', 'un/**/ion/* x */', 'un ion '],
  ['REPLACE_COMMENTS', 'before/* after', 'before '],
  ['REPLACE_COMMENTS', '/*/ x */y */', ' y */'],
  ['REPLACE_NULLS', 'a\0\0b', 'a  b'],
  ['REPLACE_NULLS', 'ab', 'ab'],
  [
    'SHA256',
    '',
    Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex').toString('latin1'),
  ],
  [
    'SHA256',
    'abc',
    Buffer.from('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'hex').toString('latin1'),
  ],
  ['SQL_HEX_DECODE', 'x=0x414243 and 0X44', 'x=ABC and D'],
  ['SQL_HEX_DECODE', '0x4 0x4g 0x414', '0x4 0x4g A4'],
  ['TRIM', ' \t\n\v\f\ra b ', 'a b'],
  ['TRIM', '   ', ''],
  ['TRIM_LEFT', '  a ', 'a '],
  ['TRIM_LEFT', 'a', 'a'],
  ['TRIM_RIGHT', ' a\r\n', ' a'],
  ['TRIM_RIGHT', 'a', 'a'],
  ['UPPERCASE', 'TestCase\xe4\0', 'TESTCASE\xe4\0'],
  ['UPPERCASE', '', ''],
  ['URL_DECODE', 'a+b%20%3Cscript%3e', 'a b <script>'],
  ['URL_DECODE', '%%41%4%zz%u0041%', '%A%4%zz%u0041%'],
  ['URL_DECODE', '%2541', '%41'],
  ['URL_DECODE_UNI', 'a+b%20%u0041%uff1cscript%UFF1E%u00e9', 'a b A<script>\xe9'],
  ['URL_DECODE_UNI', '%u123%uzzzz%u', '%u123%uzzzz%u'],
  ['UTF8_TO_UNICODE', 'a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80', 'a%u00e9%u20ac%u1f600'],
  ['UTF8_TO_UNICODE', '\xc0\xaf\xff\xed\xa0\x80\x80', '\xc0\xaf\xff\xed\xa0\x80\x80'],
]

test('transformations: rows', () => {
  const counts = new Map<string, number>()
  for (const [type, given, want] of rows) {
    counts.set(type, (counts.get(type) ?? 0) + 1)
    assert.equal(transformations[type](given), want, `${type} of ${JSON.stringify(given)}`)
  }
  assert.equal(rows.length, 86)
  for (const type of Object.keys(transformations))
    assert.ok((counts.get(type) ?? 0) >= 2, `${type} has two rows`)
})

/** Text made of what the transformations look for, so that random input reaches their branches. */
const telling = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '%',
        '%u',
        '\\',
        '\\x',
        '\\u{',
        '&#x',
        '&lt',
        ';',
        '/',
        '..',
        '/*',
        '*/',
        '0x',
        '--',
        '+',
        ' ',
        '\xa0',
      ),
      fc.string({
        unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
        maxLength: 4,
      }),
      fc.constantFrom('41', 'ff01', '00e9', '7', 'a', '\n', '\0', '\xc3\xa9', '\xf0\x9f\x98\x80'),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))

test('transformations: any bytes give bytes, within the bound', () => {
  let ran = 0
  for (const [type, transform] of Object.entries(transformations)) {
    ran += 1
    fc.assert(
      fc.property(telling, (given) => {
        const result = transform(given)
        const bound = type === 'MD5' ? 16 : type === 'SHA256' ? 32 : given.length * growthMax
        assert.ok(result.length <= bound, `${type} made ${result.length} of ${given.length}`)
        assert.ok(!/[^\0-\xff]/.test(result), `${type} gave a character that is no byte`)
      }),
      { numRuns: 500 },
    )
  }
  assert.equal(ran, new Set(rows.map(([type]) => type)).size)
})

test('transformations: those that tidy have nothing left to do the second time', () => {
  const tidy: readonly TransformationType[] = [
    'COMPRESS_WHITE_SPACE',
    'LOWERCASE',
    'UPPERCASE',
    'NORMALIZE_PATH',
    'NORMALIZE_PATH_WIN',
    'REMOVE_NULLS',
    'REPLACE_NULLS',
    'REMOVE_WHITESPACE',
    'TRIM',
    'TRIM_LEFT',
    'TRIM_RIGHT',
    'NONE',
    'REPLACE_COMMENTS',
  ]
  for (const type of tidy) {
    fc.assert(
      fc.property(telling, (given) => {
        const once = transformations[type](given)
        assert.equal(transformations[type](once), once)
      }),
    )
  }
  assert.equal(tidy.length, 13)
})

test("transformations: hostile input of a body's size takes no more than linear time", () => {
  // Quadratic behaviour on 64 KiB would take seconds for each; the whole table has far less.
  const size = 65_536
  const units = [
    '\\',
    '%',
    '/../',
    '/*',
    ' ',
    '&',
    '&#',
    '0x',
    ' a',
    '\\u{0',
    '*/',
    '<!-',
    'A',
    '\xc3',
    './',
    '\t(',
  ]
  const startMs = performance.now()
  for (const unit of units) {
    const given = unit.repeat(size / unit.length)
    for (const transform of Object.values(transformations)) transform(given)
  }
  assert.ok(performance.now() - startMs < 20_000)
})
