import { isSpace, isWord, runEnd, words } from '../characters.ts'
import { commonFunctions, tellingFunctions } from './vocabulary.ts'

const fragmentMax = 300

/** Names of a server's inside that have no other meaning. */
const inside = words(
  `information_schema pg_catalog sqlite_master sqlite_schema sysobjects syscolumns sysdatabases msysaccessobjects
  xp_cmdshell xp_dirtree xp_regread xp_servicecontrol sp_executesql sp_oacreate sp_makewebtask utl_http utl_inaddr utl_smtp dbms_java dbms_ldap dbms_pipe
  openrowset opendatasource pg_shadow pg_read_file pg_ls_dir load_file all_tab_columns`,
)

/** Tells whether a short text is a piece of SQL that a probe tries out by itself: an inner name, a function left open. */
export function isSqlFragment(text: string): boolean {
  if (text.length > fragmentMax) return false
  for (let at = 0; at < text.length; ) {
    const end = runEnd(text, at, isWord)
    if (end === at) {
      at += 1
      continue
    }
    if (end - at > 7 && inside.has(text.slice(at, end).toLowerCase())) return true
    at = end
  }
  return isOpenCall(text)
}

/** `name(` or `name()` and nothing else. */
function isOpenCall(text: string): boolean {
  const start = runEnd(text, 0, isSpace)
  const end = runEnd(text, start, isWord)
  const name = text.slice(start, end).toLowerCase()
  if (!tellingFunctions.has(name) && !commonFunctions.has(name)) return false
  const rest = text.slice(end).trim()
  return rest === '(' || rest === '\\('
}
