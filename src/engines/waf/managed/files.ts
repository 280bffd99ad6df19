import { anyMark, mark } from '../injection/signs/index.ts'
import type { TextTest } from '../statements/index.ts'

const restricted =
  /\.(?:log|ini|bak|backup|old|orig|save|swp|swo|sql|sqlite3?|mdb|rdb|conf|config|cfg|env|pem|key|p12|pfx|jks|kdbx|dump|inc|htaccess|htpasswd|ds_store)~?$/i

/** The name of a file that no page consists of: configurations, logs, keys, copies that editors leave. */
export const restrictedFile: TextTest = {
  test: restrictedExtension,
  needs: (signs) => anyMark(signs, mark.dot),
}

function restrictedExtension(text: string): boolean {
  const end = text.search(/[\0?#;]/)
  const name = end < 0 ? text : text.slice(0, end)
  return name.length <= 1_024 && !/\s/.test(name.trim()) && restricted.test(name.trimEnd())
}
