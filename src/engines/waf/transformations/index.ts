import { createHash } from 'node:crypto'
import { lowerAscii, upperAscii } from '../bytes.ts'
import { base64Decode, base64DecodeExt, hexDecode, sqlHexDecode } from './base64.ts'
import { cmdLine, cmdLineUnix, cmdLineWin } from './command-line.ts'
import { removeCommentsChar, replaceComments } from './comments.ts'
import { htmlEntityDecode } from './entities.ts'
import { cssDecode, escapeSeqDecode, jsDecode, jsDecodeExt } from './escapes.ts'
import { normalizePath, normalizePathWin } from './path.ts'
import { utf8ToUnicode } from './unicode.ts'
import { urlDecode, urlDecodeUni } from './url.ts'

/** Bytes to bytes, both as Latin-1 text. Never throws; the result is at most `growthMax` times as long, or a digest. */
export type Transform = (text: string) => string

/** UTF8_TO_UNICODE writes six characters for two bytes; nothing grows more. */
export const growthMax = 3

/**
 * Every text transformation; to add one, a row.
 * Source: AWS WAF Developer Guide, "Text transformations"; ModSecurity's reference for those that share a name.
 */
export const transformations = {
  BASE64_DECODE: base64Decode,
  BASE64_DECODE_EXT: base64DecodeExt,
  CMD_LINE: cmdLine,
  CMD_LINE_UNIX: cmdLineUnix,
  CMD_LINE_WIN: cmdLineWin,
  COMPRESS_WHITE_SPACE: (text) => text.replace(/[ \t\n\v\f\r\xa0]+/g, ' '),
  CSS_DECODE: cssDecode,
  ESCAPE_SEQ_DECODE: escapeSeqDecode,
  HEX_DECODE: hexDecode,
  HTML_ENTITY_DECODE: htmlEntityDecode,
  JS_DECODE: jsDecode,
  JS_DECODE_EXT: jsDecodeExt,
  LOWERCASE: lowerAscii,
  MD5: (text) => digest('md5', text),
  NONE: (text) => text,
  NORMALIZE_PATH: normalizePath,
  NORMALIZE_PATH_WIN: normalizePathWin,
  REMOVE_COMMENTS_CHAR: removeCommentsChar,
  REMOVE_NULLS: (text) => text.replaceAll('\0', ''),
  REMOVE_WHITESPACE: (text) => text.replace(/[ \t\n\v\f\r\xa0]+/g, ''),
  REPLACE_COMMENTS: replaceComments,
  REPLACE_NULLS: (text) => text.replaceAll('\0', ' '),
  SHA256: (text) => digest('sha256', text),
  SQL_HEX_DECODE: sqlHexDecode,
  TRIM: (text) => trimRight(trimLeft(text)),
  TRIM_LEFT: trimLeft,
  TRIM_RIGHT: trimRight,
  UPPERCASE: upperAscii,
  URL_DECODE: urlDecode,
  URL_DECODE_UNI: urlDecodeUni,
  UTF8_TO_UNICODE: utf8ToUnicode,
} as const satisfies Record<string, Transform>

export type TransformationType = keyof typeof transformations

/** The raw digest, as ModSecurity's md5 gives it: add no encoding, compare with the raw bytes. */
function digest(algorithm: 'md5' | 'sha256', text: string): string {
  return createHash(algorithm).update(text, 'latin1').digest().toString('latin1')
}

function trimLeft(text: string): string {
  return text.replace(/^[ \t\n\v\f\r]+/, '')
}

/** By hand: a pattern for a run at the end is tried at every run before it. */
function trimRight(text: string): string {
  let end = text.length
  while (end > 0 && ' \t\n\v\f\r'.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
