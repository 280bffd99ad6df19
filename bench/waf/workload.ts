import { textOfBytes, type WebRequest } from '#engines/waf/index.ts'

// Requests and rules as people send and write them. All of a kind differ: by path, query, cookies, browser.

const browsers = [
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/',
    '.0.0.0 Safari/537.36',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/',
    '.0.0.0 Safari/537.36',
  ],
  [
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/',
    '.0.0.0 Mobile Safari/537.36',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/',
    '.0.0.0 Safari/537.36 Edg/128.0.0.0',
  ],
] as const
const languages = [
  'en-US,en;q=0.9',
  'de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7',
  'hu-HU,hu;q=0.9',
  'fr-FR,fr;q=0.9,en;q=0.5',
]
const words =
  'garden table winter select blue cotton order set chair light cover kitchen where shelf lamp green wool and for linen house small large oak pine'.split(
    ' ',
  )

const pick = <Item>(list: readonly Item[], number: number): Item => list[number % list.length] as Item // No list is empty.
const token = (number: number, length: number): string => {
  let [text, state] = ['', (number * 2_654_435_761) >>> 0]
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    text += state.toString(36)
  }
  return text.slice(0, length)
}

function browserHeaders(number: number): (readonly [string, string])[] {
  const version = 112 + ((number * 7) % 20)
  const [begin, end] = pick(browsers, number)
  return [
    ['Host', 'shop.example.com'],
    ['Connection', 'keep-alive'],
    ['sec-ch-ua', `"Chromium";v="${version}", "Not;A=Brand";v="24", "Google Chrome";v="${version}"`],
    ['sec-ch-ua-mobile', '?0'],
    ['sec-ch-ua-platform', '"Windows"'],
    ['Upgrade-Insecure-Requests', '1'],
    ['User-Agent', `${begin}${version}${end}`],
    [
      'Accept',
      'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
    ],
    ['Sec-Fetch-Site', 'same-origin'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-User', '?1'],
    ['Sec-Fetch-Dest', 'document'],
    [
      'Referer',
      `https://shop.example.com/catalogue/${pick(words, number + 5)}?page=${number % 9}&sort=price`,
    ],
    ['Accept-Encoding', 'gzip, deflate, br, zstd'],
    ['Accept-Language', pick(languages, number)],
    [
      'Cookie',
      `session=${token(number, 32)}; theme=dark; _ga=GA1.2.${1_000_000 + number}.1700000000; cart=${token(number + 99, 20)}`,
    ],
  ]
}

/** A page that a browser asks for. */
export function browserGet(number: number): WebRequest {
  return {
    method: 'GET',
    path: `/catalogue/${pick(words, number)}/${pick(words, number * 3 + 1)}-${number}`,
    query: `q=${pick(words, number)}+${pick(words, number + 3)}+${pick(words, number + 11)}&page=${number % 40}&sort=price_asc&ref=${token(number, 10)}`,
    headers: browserHeaders(number),
    clientAddress: `203.0.113.${number % 250}`,
    body: new Uint8Array(),
    bodyCut: false,
  }
}

/** The same with an attack in an argument. */
export function attackQuery(number: number): WebRequest {
  const page = browserGet(number)
  return {
    ...page,
    query: `${page.query}&id=${number}%27+UNION+SELECT+name%2Cpassword+FROM+users+WHERE+%271%27%3D%271`,
  }
}

/** What a page sends to its API: 100 leaves, 2 KiB. */
export function jsonPost(number: number): WebRequest {
  const items = Array.from({ length: 24 }, (_, item) => ({
    sku: token(number * 31 + item, 10),
    name: `${pick(words, number + item)} ${pick(words, item * 5 + 2)} ${pick(words, number * item)}`,
    quantity: (item % 5) + 1,
    price: ((number * 37 + item * 113) % 9999) / 100,
  }))
  const body = Buffer.from(
    JSON.stringify({
      id: number,
      customer: `Anna O'Neill`,
      note: `Please leave it at the door; thanks (${pick(words, number)})!`,
      total: 129.5,
      items,
    }),
  )
  return {
    method: 'POST',
    path: `/api/orders/${number}`,
    query: '',
    headers: [
      ...browserHeaders(number),
      ['Content-Type', 'application/json'],
      ['Content-Length', String(body.length)],
    ],
    clientAddress: `203.0.113.${number % 250}`,
    body,
    bodyCut: false,
  }
}

const visible = [{ Priority: 0, Type: 'NONE' }]

/** Rules of the kinds that people write, none of which holds for the requests above. */
export function plainRules(
  count: number,
): readonly { readonly Name: string; readonly Statement: unknown; readonly Action: unknown }[] {
  return Array.from({ length: count }, (_, number) => ({
    Name: `rule-${number}`,
    Action: { Block: {} },
    Statement: pick(statements, number)(number),
  }))
}

const statements: readonly ((number: number) => unknown)[] = [
  () => ({
    IPSetReferenceStatement: { ARN: 'arn:aws:wafv2:us-east-1:111122223333:regional/ipset/blocked/1' },
  }),
  (number) => ({
    ByteMatchStatement: {
      FieldToMatch: { UriPath: {} },
      SearchString: `/internal-${number}/`,
      PositionalConstraint: 'STARTS_WITH',
      TextTransformations: visible,
    },
  }),
  (number) => ({
    ByteMatchStatement: {
      FieldToMatch: { SingleHeader: { Name: 'user-agent' } },
      SearchString: `crawler-${number}`,
      PositionalConstraint: 'CONTAINS',
      TextTransformations: visible,
    },
  }),
  (number) => ({
    RegexMatchStatement: {
      FieldToMatch: { QueryString: {} },
      RegexString: `token${number}=[0-9a-f]{8,}`,
      TextTransformations: [{ Priority: 0, Type: 'URL_DECODE' }],
    },
  }),
  (number) => ({ GeoMatchStatement: { CountryCodes: [`Q${String.fromCharCode(65 + (number % 26))}`] } }),
  (number) => ({
    LabelMatchStatement: { Scope: 'LABEL', Key: `awswaf:111122223333:webacl:thousand:seen-${number}` },
  }),
  (number) => ({
    SizeConstraintStatement: {
      FieldToMatch: { UriPath: {} },
      ComparisonOperator: 'GT',
      Size: 1_000 + number,
      TextTransformations: visible,
    },
  }),
  (number) => ({
    AndStatement: {
      Statements: [
        {
          ByteMatchStatement: {
            FieldToMatch: { UriPath: {} },
            SearchString: `/old-${number}`,
            PositionalConstraint: 'STARTS_WITH',
            TextTransformations: visible,
          },
        },
        { NotStatement: { Statement: { GeoMatchStatement: { CountryCodes: ['HU'] } } } },
      ],
    },
  }),
]

/** Expressions in the manner of the OWASP core rule set: what a set of its patterns alone would cost. */
export const crsLike: readonly string[] = [
  '(?:^|[^a-z])(?:union[\\s/*]+(?:all[\\s/*]+)?select|select[^;]{0,80}from)',
  `['"][\\s)]*(?:or|and|xor|\\|\\||&&)[\\s(]*['"0-9a-z]`,
  '(?:sleep|benchmark|pg_sleep|waitfor\\s+delay)\\s*\\(?',
  '<script[^>]*>',
  'on(?:load|error|click|mouse[a-z]+|focus)\\s*=',
  '(?:javascript|vbscript|data):[^a-z0-9 ]',
  '(?:\\.\\./|\\.\\.\\\\){2,}',
  '/(?:etc|proc|boot|windows|winnt)/',
  '[;|&`]\\s*(?:cat|ls|id|wget|curl|nc|bash|sh|ping|uname)\\b',
  '\\$\\((?:[^)]+)\\)',
  '<\\?(?:php|=)',
  '\\$\\{jndi:',
  '\\{\\{.*\\}\\}',
  '<!(?:entity|doctype)',
  '(?:gopher|file|dict|php)://',
  '\\$(?:ne|gt|lt|regex|where)\\b',
  '__proto__|constructor\\.prototype',
  '(?:getruntime|processbuilder|java\\.lang)',
  '[\\r\\n](?:set-cookie|location):',
  '\\)\\(\\|?\\(?[a-z]+=',
]

/** The texts that a set of expressions would be asked about. */
export function textsOf({ path, query, headers, body }: WebRequest): readonly string[] {
  return [path, decodeURIComponent(query), ...headers.map(([, value]) => value), textOfBytes(body)]
}
