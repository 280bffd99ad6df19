import { anyMark, mark } from '../injection/signs/index.ts'
import type { Inspection } from '../inspection.ts'
import type { TextTest } from '../statements/index.ts'

/** Characters that no form, link or name has, decoded: control characters other than tab and the ends of lines. */
export const controlCharacters: TextTest = {
  test: hasControlCharacters,
  needs: (signs) => anyMark(signs, mark.control),
}

function hasControlCharacters(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 32 ? code !== 9 && code !== 10 && code !== 13 : code === 127) return true
  }
  return false
}

/** An end of a line where none belongs: in a path or in a name. */
export const lineEnd: TextTest = { test: () => true, needs: (signs) => anyMark(signs, mark.lineEnd) }

const header = /[\r\n][\r\n\t ]{0,16}[A-Za-z][\w-]{1,40}[\r\n\t ]{0,16}:/
/** Forms and editors write the end of a line as CR LF or LF; a CR alone, or after the LF, is for a parser. */
const strayReturn = /\r(?!\n)/
const startLine = /(?:^|[\s"'])[A-Z]{3,10}\s{1,16}\S{1,512}\s{1,16}HTTP\/\d/

/** A value that would go on as a header's line or as a request of its own. */
export const messageSplitting: TextTest = {
  test: splitsMessage,
  needs: (signs) => anyMark(signs, mark.lineEnd) || (anyMark(signs, mark.slash) && anyMark(signs, spaces)),
}

const spaces = mark.space | mark.control | mark.wide

function splitsMessage(text: string): boolean {
  return header.test(text) || strayReturn.test(text) || startLine.test(text)
}

/** Letters and digits that were written as escapes of JavaScript or JSON hide from whoever does not decode them. */
export const escapedLetters: TextTest = {
  test: escapesLetters,
  needs: (signs) => anyMark(signs, mark.backslash),
}

function escapesLetters(text: string): boolean {
  return /\\u00(?:3\d|[46][1-9a-f]|[57][0-9a])/i.test(text) || /\\x(?:[46][1-9a-f]|[57][0-9a])\\x/i.test(text)
}

/** A percent sign that begins no escape; a last one, or one before a space, is a percentage that somebody typed. */
export function brokenEscape(text: string): boolean {
  return /%(?![0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\s+&=;,.)]|%|$)/.test(text)
}

/** An address whose host is read in two ways: one part of a server checks the one, another asks the other. */
export const twoHosts: TextTest = {
  test: hasTwoHosts,
  needs: (signs) => anyMark(signs, mark.colon) && anyMark(signs, mark.slash),
}

function hasTwoHosts(text: string): boolean {
  // What follows ends as a host of its own does, so that who compares ends lets it pass: `//evil#.shop.example`.
  if (
    /^\s*[a-z][a-z0-9+.-]{1,20}:\/\/[^/?#\s]{1,255}[?#]\.[a-z0-9-]{1,63}\.[a-z0-9.-]{2,100}\/?$/i.test(text)
  )
    return true
  return /^\s*[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^/?#]{0,255}[\\!^`{}|<>]|[^/]{0,255}[\s&#\\][^/]{0,255}@)/i.test(
    text,
  )
}

const overridden = /^(?:_method|_http_method|x-http-method(?:-override)?|x-method-override)$/i
/** What a form cannot send by itself and frameworks therefore let it name. */
const named = /^(?:put|patch|delete)$/i

/** An argument that gives the request another method than a form may ask for. */
export function overridesMethod({ request }: Inspection): boolean {
  return request.query.split('&').some((pair) => {
    const equals = pair.indexOf('=')
    if (equals < 0 || !overridden.test(pair.slice(0, equals))) return false
    return request.method !== 'POST' || !named.test(pair.slice(equals + 1))
  })
}
