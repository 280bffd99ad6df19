import { anyMark, mark, type Signs } from '../injection/signs/index.ts'
import type { TextTest } from '../statements/index.ts'

/** As much of a text as is looked at for markup: cookies and headers are shorter. */
const textMax = 65_536

/** Markup: harmless in what an editor sends, out of place in a cookie or in a header. */
export const markup: TextTest = { test: isMarkup, needs: (signs) => anyMark(signs, mark.less) }

function isMarkup(text: string): boolean {
  return /<(?:[a-z][a-z0-9:-]{0,30}(?:[\s/]+[^\s=<>"'/]{1,40}\s*=|[\s/]*>)|!--|!\[|!doctype\b|\/[a-z][a-z0-9:-]{0,30}[\s/]*[a-z>])/i.test(
    text.slice(0, textMax),
  )
}

/** The lines by which mail is sent or read, after an end of a line: an argument that goes on as another server's commands. */
export const mailCommand: TextTest = {
  test: isMailCommand,
  needs: (signs) => anyMark(signs, mark.lineEnd),
}

function isMailCommand(text: string): boolean {
  return /[\r\n]\s{0,16}(?:(?:mail from|rcpt to)\s*:|(?:ehlo|helo|vrfy|expn)\s+\S|[a-z]{0,4}\d{1,6}\s+(?:(?:uid\s+)?(?:fetch|store|copy|search|expunge)|login|select|examine|list|lsub|status|append|capability|noop|logout)\b)/i.test(
    text,
  )
}

const operators = /^[\s'"`´‘’;+&|=<>!*#\\()%,@^~[\]{}.:–-]{2,40}$/

/** Quotes or wildcards with operators and nothing else: a piece of a query, sent to see what it does. */
export const operatorsOnly: TextTest = {
  test: isOperatorsOnly,
  needs: (signs) => anyMark(signs, mark.quote | mark.doubleQuote | mark.backtick | mark.pipe | mark.star),
}

function isOperatorsOnly(text: string): boolean {
  // A wildcard in quotes is a search for everything.
  if (!operators.test(text) || /^\s*(['"])[*%?]*\1\s*$/.test(text)) return false
  const bare = text.trim()
  const quoted = /['"`]/.test(bare) && /[^'"`\s.]/.test(bare)
  return (
    quoted || (bare.length > 1 && bare.length < 8 && /[|*]/.test(bare) && /[^*|\s.]|\*\||\|\*/.test(bare))
  )
}

/** A name as machines make them for one use: eight letters and digits or more, in no word's order, or a number in base 16. */
function isRandomLabel(label: string): boolean {
  if (!/^[0-9a-z]{8,63}$/i.test(label)) return false
  const digits = label.match(/\d/g)?.length ?? 0
  if (/^[0-9a-f]+$/i.test(label) && digits > 4 && digits < label.length) return true
  const changes = label.match(/[a-z](?=\d)|\d(?=[a-z])/gi)?.length ?? 0
  return changes >= 3
}

const hasAddress = (signs: Signs): boolean => anyMark(signs, mark.slash) && anyMark(signs, mark.dot)

/** An address of nothing but a host of a random name: servers are made to call there by those who watch who calls. */
export const callback: TextTest = {
  test: isCallback,
  needs: hasAddress,
}

function isCallback(text: string): boolean {
  const host =
    /^\s*(?:(?:https?|ftp|ldaps?|rmi|dns|gopher|spark|smb|mysql|postgresql):)?\/\/([a-z0-9.-]{10,255})(?::\d{1,5})?\/?\s*$/i.exec(
      text,
    )?.[1]
  return host !== undefined && isRandomHost(host)
}

/** The same at the end of a path, from which an application takes where it is to fetch something: `/proxy/http://…`. */
export const callbackInPath: TextTest = { test: isCallbackInPath, needs: hasAddress }

function isCallbackInPath(path: string): boolean {
  const at = path.search(/(?:https?|ftp):\/{1,2}[a-z0-9.-]{10,255}(?::\d{1,5})?[/?#]{0,2}$/i)
  return at > 0 && isRandomHost(/^[a-z]+:\/{1,2}([a-z0-9.-]+)/i.exec(path.slice(at))?.[1] ?? '')
}

function isRandomHost(host: string): boolean {
  const labels = host.split('.')
  return labels.length >= 3 && labels.slice(0, -2).some(isRandomLabel)
}

/** The name of the file in which PHP keeps a session: an upload under it becomes one. */
export const sessionFile: TextTest = {
  test: (name) => name.length > 24 && /^(?:.*[/\\])?sess_[a-z0-9,-]{20,256}$/i.test(name),
}
