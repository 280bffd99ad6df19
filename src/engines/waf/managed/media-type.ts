/** A media type's parameters. */
export interface MediaType {
  /** In small letters. */
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

const typeShape = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const parameterShape = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"([^"\\\r\n]*)"|([^\s";,]*))$/

/** Reads a Content-Type; `undefined` where it is none. Source: RFC 9110, section 8.3.1. */
export function mediaType(value: string): MediaType | undefined {
  const [type = '', ...rest] = value.split(';').map((part) => part.trim())
  if (!typeShape.test(type)) return undefined
  const parameters = new Map<string, string>()
  for (const text of rest) {
    if (text === '') continue
    const found = parameterShape.exec(text)
    const name = found?.[1]?.toLowerCase()
    // Two values for one parameter are two readings of one request.
    if (found === null || name === undefined || parameters.has(name)) return undefined
    parameters.set(name, (found[2] ?? found[3] ?? '').toLowerCase())
  }
  return { type: type.toLowerCase(), parameters }
}

/** Encodings in which ASCII means ASCII, so that whoever inspects bytes reads what the application reads. */
const charsets =
  /^(?:utf-?8|us-ascii|ascii|iso-?8859-\d{1,2}|latin-?1|windows-125\d|koi8-[ru]|euc-(?:jp|kr)|shift[_-]jis|gb2312|gbk|gb18030|big5)$/

/** Whether a text under this type is read otherwise than its bytes look. */
export function hidesCharset({ parameters }: MediaType): boolean {
  const charset = parameters.get('charset')
  return charset !== undefined && !charsets.test(charset)
}

const boundaryShape = /^[0-9a-z'()+_,./:=?-](?:[0-9a-z'()+_,./:=? -]{0,68}[0-9a-z'()+_,./:=?-])?$/

/** Whether the type says something about parts that cannot be so. Source: RFC 2046, section 5.1.1. */
export function confusesParts({ type, parameters }: MediaType): boolean {
  const boundary = parameters.get('boundary')
  return type.startsWith('multipart/')
    ? boundary === undefined || !boundaryShape.test(boundary)
    : boundary !== undefined
}
