/** Source: RFC 9110, section 5.6.2. */
export const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/**
 * Finds what no head may hold, in a text of whole lines: control characters other than HTAB, a CR or LF that is not half of a
 * line end. Source: RFC 9110, section 5.5; RFC 9112, section 2.2 (a bare LF may be taken for a line end, and is refused here).
 */
export const notInHead = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?<!\r)\n/

/** Finds what no field value may hold; a text of characters beyond one byte would be cut to other ones on the wire. */
export const notInFieldValue = /[^\t\x20-\x7e\x80-\xff]/

/** Source: RFC 9112, section 3.2.1; RFC 3986, section 3.5: a fragment is no part of it. */
export const originForm = /^\/[!"$-~]*$/

/** The characters of a host and port. Source: RFC 9110, section 7.2; RFC 3986, section 3.2.2. */
export const hostAndPort = /^[A-Za-z0-9\-._~%!$&'()*+,;=:[\]]*$/

/** Source: RFC 9110, section 8.6. Fifteen digits stay exact in a number. */
export const contentLength = /^\d{1,15}$/

/**
 * A chunk's size and its extensions, up to the line's LF. Source: RFC 9112, section 7.1.1, without the white space that only bad
 * senders write, and without obs-text.
 */
export const chunkLine =
  /^([0-9A-Fa-f]{1,8})((?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t !#-[\]-~]|\\[\t -~])*"))?)*)\r$/

export const carriageReturn = 0x0d
export const lineFeed = 0x0a
/** What ends a head, and a trailer section. */
export const emptyLine = '\r\n\r\n'

/** Without spaces and tabs at the ends. Not String.trim, which takes 0xA0, half of many UTF-8 characters, for white space. */
export function trimmed(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
