import { isSpace, isWord, runEnd, skipSpace, words } from '../characters.ts'
import { isProbe } from './probes.ts'
import { commonFunctions, tellingFunctions } from './vocabulary.ts'

const fragmentMax = 300
const callsMax = 1500

/** Functions that only SQL has and only attackers send. */
const firmCalls = words(
  'updatexml extractvalue pg_sleep pg_read_file load_file randomblob xp_cmdshell xp_dirtree benchmark lo_import database_to_xml query_to_xml',
)

/** Names of a server's inside that have no other meaning. */
export const inside = words(
  `information_schema pg_catalog sqlite_master sqlite_schema sysobjects syscolumns sysdatabases msysaccessobjects
  xp_cmdshell xp_dirtree xp_regread xp_servicecontrol sp_executesql sp_oacreate sp_makewebtask utl_http utl_inaddr utl_smtp dbms_java dbms_ldap dbms_pipe
  openrowset opendatasource pg_shadow pg_read_file pg_ls_dir load_file all_tab_columns
  pg_sleep pg_sleep_for msdasql sqloledb msoledbsql sqlncli sp_addsrvrolemember sp_addextendedproc sp_configure utl_file dbms_export_extension
  xp_regwrite xp_regdeletekey xp_regdeletevalue xp_regenumvalues xp_regenumkeys xp_regreadmultistring xp_enumdsn xp_enumerrorlogs
  xp_enumgroups xp_filelist xp_fileexist xp_terminate_process xp_loginconfig xp_logininfo xp_makecab xp_ntsec_enumdomains
  xp_availablemedia xp_subdirs xp_fixeddrives xp_getfiledetails xp_startmail xp_sendmail sp_oamethod sp_oadestroy sp_oagetproperty
  sp_adduser sp_addlogin sp_password sp_dropextendedproc sp_grantdbaccess sp_start_job sp_add_job fn_xe_file_target_read_file
  sysprocesses sysfilegroups sysxlogins msysqueries msysrelationships msysaces
  dba_users dba_tables dba_tab_columns dba_objects user_tab_columns all_tab_privs user_tab_privs utl_tcp utl_dbws
  dbms_xmlgen dbms_lock dbms_metadata dbms_xmlquery dbms_sql dbms_scheduler dbms_obfuscation_toolkit ctxsys
  pg_class pg_attribute pg_proc pg_roles pg_authid pg_tables pg_stat_user_tables pg_sleep_until pg_read_binary_file pg_stat_file
  sqlite_temp_master sqlite_temp_schema performance_schema lo_export msdaora openquery`,
)

/** Tells whether a short text is a piece of SQL that a probe tries out by itself: an inner name, a function left open. */
export function isSqlFragment(text: string): boolean {
  if (text.length > callsMax) return false
  const short = text.length <= fragmentMax
  for (let at = 0; at < text.length;) {
    const end = runEnd(text, at, isWord)
    if (end === at) {
      at += 1
      continue
    }
    const word = end - at > 5 && end - at < 40 ? text.slice(at, end).toLowerCase() : ''
    if (short && inside.has(word)) return true
    if (firmCalls.has(word) && text.charAt(skipSpace(text, end)) === '(') return true
    at = end
  }
  return short && !isEverydayCall(text) && (isOpenCall(text) || beginsStatement(text) || isProbe(text))
}

const verbs = words('select insert update delete drop alter create truncate exec execute union')

/** A quote or semicolon, the first word of a statement, and at most one more: `';select x`, `;drop`. */
function beginsStatement(text: string): boolean {
  const start = runEnd(text, 0, (code) => isSpace(code) || code === 34 || code === 39 || code === 59)
  const end = runEnd(text, start, isWord)
  if (text.slice(0, start).trim() === '' || !verbs.has(text.slice(start, end).toLowerCase())) return false
  const second = skipSpace(text, end)
  return skipSpace(text, runEnd(text, second, isWord)) === text.length && text.length < 40
}

/** Functions of spreadsheets and of everybody's languages, which people look up by their names. */
const everyday = words('max min sum avg count round length if now left right format replace')

/** `max (` and nothing else: half of what somebody types as soon as of a probe, and nothing that a server would run. */
function isEverydayCall(text: string): boolean {
  const start = runEnd(text, 0, isSpace)
  const end = runEnd(text, start, isWord)
  return everyday.has(text.slice(start, end).toLowerCase()) && text.slice(end).trim() === '('
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
