import { jsonTexts } from '../fields/json-body.ts'
import type { Inspection } from '../inspection.ts'
import { predicate, textTest } from '../statements/index.ts'
import type { GroupRow, RuleRow } from './group.ts'
import { confusesParts, hidesCharset, type MediaType, mediaType } from './media-type.ts'
import { testing } from './rows.ts'
import { fixesSession } from './session-fixation.ts'
import {
  brokenEscape,
  controlCharacters,
  escapedLetters,
  lineEnd,
  messageSplitting,
  overridesMethod,
  twoHosts,
} from './tampering.ts'

const rule = (name: string, holds: (inspection: Inspection) => boolean): RuleRow => ({
  name,
  label: name,
  statement: predicate(holds),
})

function typeOf(inspection: Inspection): MediaType | undefined {
  const [value] = inspection.header('content-type')
  return value === undefined ? undefined : mediaType(value)
}

const hasBody = ({ request }: Inspection): boolean => request.body.length > 0 || request.bodyCut

/** The lines before the parts of a multipart body that say how a part is to be read. */
function partLines({ body }: Inspection): readonly string[] {
  return [...body.matchAll(/^content-(?:type|transfer-encoding)[ \t]*:[^\r\n]{0,1024}/gim)].map(
    ([line]) => line,
  )
}

/** A part that is encoded, so that what it looks like is not what it says. Source: RFC 7578, section 4.7. */
function hidesPart(line: string): boolean {
  const value = line.slice(line.indexOf(':') + 1).trim()
  if (/^content-transfer/i.test(line)) return !/^(?:binary|7bit|8bit)$/i.test(value)
  const type = mediaType(value)
  return type !== undefined && hidesCharset(type)
}

const isXml = (type: string): boolean => /^(?:application|text)\/(?:xml|[\w.-]{1,60}\+xml)$/.test(type)

/**
 * A document begins with a bracket, after a mark of UTF-8 at most: what begins otherwise is in an encoding that hides it.
 * Source: Extensible Markup Language (XML) 1.0, section 2.1 and appendix F.
 */
function beginsDocument(body: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf|\ufeff)?\s*(?:<|$)/.test(body)
}

const encodings =
  /^(?:gzip|x-gzip|deflate|br|zstd|identity|aws-chunked)(?:\s*,\s*(?:gzip|deflate|br|zstd|aws-chunked))*$/i

/** Headers that turn one request into another, or lend the server's environment a variable. */
const turning: ReadonlySet<string> = new Set([
  'proxy',
  'lock-token',
  'translate',
  'x-original-url',
  'x-rewrite-url',
  'http2-settings',
])

export const redoubtProtocol: GroupRow = {
  vendor: 'Redoubt',
  name: 'RedoubtProtocolRuleSet',
  labels: 'protocol',
  capacity: 100,
  description:
    'Requests that their readers do not agree about: types, encodings and escapes that are none, lines within values, methods in arguments, sessions from elsewhere.',
  rules: [
    rule('ContentType_HEADER', (inspection) => {
      const values = inspection.header('content-type')
      return values.length > 1 || values.some((value) => mediaType(value) === undefined)
    }),
    rule('Charset_HEADER', (inspection) => {
      const type = typeOf(inspection)
      return type !== undefined && hidesCharset(type)
    }),
    rule('Boundary_HEADER', (inspection) => {
      const type = typeOf(inspection)
      return type !== undefined && confusesParts(type)
    }),
    rule('ContentEncoding_HEADER', (inspection) =>
      inspection
        .header('content-encoding')
        .some((value) => !hasBody(inspection) || !encodings.test(value.trim())),
    ),
    rule('TurningHeaders_HEADER', ({ request }) =>
      request.headers.some(([name]) => turning.has(name.toLowerCase())),
    ),
    rule('UntypedBody_BODY', (inspection) =>
      hasBody(inspection) ? inspection.header('content-type').length === 0 : false,
    ),
    rule(
      'UnexpectedBody_METHOD',
      (inspection) => /^(?:GET|HEAD)$/.test(inspection.request.method) && hasBody(inspection),
    ),
    rule('EncodedPart_BODY', (inspection) =>
      typeOf(inspection)?.type.startsWith('multipart/') === true
        ? partLines(inspection).some(hidesPart)
        : false,
    ),
    {
      name: 'PartNames_BODY',
      label: 'PartNames_BODY',
      statement: predicate((inspection) => {
        if (typeOf(inspection)?.type.startsWith('multipart/') !== true) return false
        const names = inspection.texts.of('BODY', 'name')
        const files = inspection.texts.of('BODY', 'filename')
        return (
          names.some((name) => /[;="\\]/.test(name)) || files.some((name) => /[;=]|\\[^\\]{0,2}\\/.test(name))
        )
      }),
    },
    rule('MalformedJSON_BODY', (inspection) => {
      const type = typeOf(inspection)?.type
      if (inspection.request.bodyCut || inspection.body.trim() === '') return false
      if (type !== 'application/json' || inspection.header('content-encoding').length > 0) return false
      return jsonTexts(inspection.body, []).failedAt !== undefined
    }),
    rule('MalformedXML_BODY', (inspection) => {
      const type = typeOf(inspection)?.type
      if (type === undefined || inspection.header('content-encoding').length > 0) return false
      return isXml(type) && !beginsDocument(inspection.body)
    }),
    rule('MethodOverride_QUERYARGUMENTS', overridesMethod),
    rule('MalformedEscape_QUERYSTRING', ({ request }) => brokenEscape(request.query)),
    ...testing('ControlCharacters', ['URIPATH', 'QUERYARGUMENTS'], controlCharacters),
    {
      name: 'LineEnd_URIPATH',
      label: 'LineEnd_URIPath',
      statement: textTest('URIPATH', lineEnd),
    },
    {
      name: 'LineEnd_QUERYARGUMENTS',
      label: 'LineEnd_QueryArguments',
      statement: textTest('QUERYARGUMENTS', lineEnd, ['name']),
    },
    {
      name: 'MessageSplitting_QUERYARGUMENTS',
      label: 'MessageSplitting_QueryArguments',
      statement: textTest('QUERYARGUMENTS', messageSplitting, ['value']),
    },
    ...testing('EscapedLetters', ['QUERYARGUMENTS', 'BODY'], escapedLetters),
    ...testing('TwoHosts', ['QUERYARGUMENTS', 'BODY'], twoHosts),
    rule('ProxyRequest_URIPATH', ({ request }) => /^\/*(?:https?|ftp|gopher):\/\/?/i.test(request.path)),
    rule('CookieVersion_COOKIE', (inspection) =>
      inspection.header('cookie').some((value) => /(?:^|;)\s*\$version\s*=/i.test(value)),
    ),
    rule('SessionFixation_HEADER', fixesSession),
  ],
}
