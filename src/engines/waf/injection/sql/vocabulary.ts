import { words } from '../characters.ts'

// Words of MySQL, PostgreSQL, SQL Server, Oracle and SQLite, by the part they play in a statement.

/** Operators between two conditions. */
export const logicalWords = words('and or xor')

/** Operators that compare or compute, written as words. */
export const comparingWords = words(
  'like ilike rlike regexp glob match is in between sounds similar overlaps',
)
export const computingWords = words('div mod collate escape at')

/** Words that stand before an operand and leave it an operand. */
export const unaryWords = words(
  'to not binary distinct all any some exists interval row array prior cast_as top sql_calc_found_rows',
)

/** Words that are operands by themselves. */
export const valueWords = words(
  `null true false unknown default current_user session_user system_user current_date current_time
  current_timestamp localtime localtimestamp sysdate rownum user`,
)

export const setWords = words('union intersect except minus')

/** What begins a clause after a finished operand, and whether an operand must follow it. */
export const clauseWords: ReadonlyMap<string, 'operand' | 'operator'> = new Map([
  ...[
    'from where having limit offset when then else on join into values set returning using procedure as returns fetch',
  ].flatMap((list) => list.split(' ').map((word) => [word, 'operand'] as const)),
  ...['asc desc end for update left right inner outer cross natural nowait nulls first last'].flatMap(
    (list) => list.split(' ').map((word) => [word, 'operator'] as const),
  ),
])

/** First words of statements, and the second words without which they are only words. An empty list: anything. */
export const statements: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'drop',
    words(
      'table database schema view index procedure function user role trigger column login sequence aggregate',
    ),
  ],
  [
    'create',
    words(
      'table database schema view index procedure function user role trigger login or temp temporary extension',
    ),
  ],
  ['alter', words('table database schema view user role login index session system')],
  ['truncate', words('table')],
  ['insert', words('into ignore')],
  ['replace', words('into')],
  ['merge', words('into')],
  ['delete', words('from')],
  ['grant', words('all select insert update delete execute usage')],
  ['revoke', words('all select insert update delete execute usage')],
  ['waitfor', words('delay time')],
  ['load', words('data xml')],
  ['backup', words('database log')],
  ['restore', words('database log')],
  ['attach', words('database')],
  ['bulk', words('insert')],
  ['shutdown', words('with')],
  ['handler', words('')],
  ['rename', words('table')],
  ['set', words('')],
  ['call', words('')],
  ['copy', words('')],
  ['declare', words('')],
  ['exec', words('')],
  ['execute', words('immediate as')],
  ['pragma', words('')],
  ['select', words('')],
  ['update', words('')],
  ['use', words('')],
  ['begin', words('')],
  ['if', words('')],
  ['do', words('')],
  ['with', words('')],
  ['vacuum', words('')],
  ['prepare', words('')],
])

/** Functions that attackers reach for to wait, to read files, to run commands, or to make the server tell by an error. */
export const tellingFunctions = words(
  `sleep benchmark pg_sleep pg_sleep_for pg_sleep_until load_file extractvalue updatexml xmltype dbms_pipe.receive_message
  dbms_lock.sleep dbms_session.sleep utl_inaddr.get_host_address utl_inaddr.get_host_name utl_http.request
  httpuritype ctxsys.drithsx.sn dbms_ldap.init dbms_xmlgen.getxml dbms_java.runjava dbms_scheduler.create_job
  xp_cmdshell xp_dirtree xp_fileexist xp_regread sp_executesql sp_oacreate sp_password openrowset opendatasource openquery
  fn_varbintohexstr group_concat concat_ws string_agg wm_concat listagg
  json_keys json_extract gtid_subset gtid_subtract st_latfromgeohash st_longfromgeohash st_pointfromgeohash
  linestring multilinestring multipolygon polygon geometrycollection multipoint
  randomblob zeroblob load_extension sqlite_version sqlite_compileoption_get readfile writefile
  pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file lo_import lo_export lo_get lo_from_bytea dblink query_to_xml database_to_xml
  table_to_xml cursor_to_xml make_set elt row_count found_rows name_const aes_decrypt aes_encrypt
  is_srvrolemember is_member has_dbaccess db_name suser_name suser_sname user_name host_name host_id schema_name
  object_id object_name col_name current_database current_schema current_setting inet_server_addr version_comment
  sys_context sys.fn_my_permissions sys_eval sys_exec unhex procedure_analyse analyse iif generate_series`,
)

/** Functions that also occur in other languages and in prose; they tell of SQL only where SQL already parses. */
export const commonFunctions = words(
  `abs acos ascii asin atan avg bin bit_count cast ceil ceiling char char_length character_length chr coalesce concat
  connection_id conv convert cos count crc32 curdate curtime database date_add date_sub datediff day decode degrees
  exp field find_in_set floor format from_base64 getdate greatest hex if ifnull insert instr isnull
  last_insert_id lcase least left length ln locate log lower lpad ltrim max md5 mid min mod month now nullif nvl
  oct octet_length ord password pi position pow power quote rand radians random regexp_substring repeat replace reverse right
  round rpad rtrim schema session_user sha sha1 sha2 sign sin soundex space sqrt str strcmp stuff substr substring
  substring_index sum system_user tan to_base64 to_char to_date to_number trim truncate ucase
  unicode upper user utc_date uuid uuid_short values version weekday xor year
  exists encode row to_timestamp typeof quote_literal
  total changes likelihood unlikely printf glob like`,
)

/** Names of catalogues and other objects that only someone who looks around asks for. */
const catalogueNames = words(
  `information_schema mysql sys sysobjects syscolumns sysusers sysdatabases sqlite_master sqlite_schema
  sqlite_temp_master pg_catalog pg_tables pg_user pg_shadow pg_database all_tables all_users user_tables all_tab_columns
  dba_users dba_tables v$version v$session dual msysobjects msysaccessobjects performance_schema syslogins`,
)

/** Functions that MySQL's manual lists beside those of the vocabularies. Source: MySQL 8.4, 14.1 Built-In Functions. */
export const furtherFunctions = words(
  `adddate addtime asciistr atan2 bin_to_num bit_and bit_length bit_or bit_xor charset coercibility collation compress
  convert_tz cot curtime current_user current_date current_time current_timestamp date date_format dayname dayofmonth dayofweek
  dayofyear default des_decrypt des_encrypt export_set from_days from_unixtime get_format get_lock hextoraw in inet6_aton
  inet6_ntoa inet_aton inet_ntoa instrb interval is_free_lock is_used_lock json_array json_object last last_day
  localtime localtimestamp load lengthb makedate maketime master_pos_wait microsecond minute monthname name_const
  nullif old_password password period_add period_diff pg_sleep procedure quarter rawtohex rawtonhex regexp_instr
  regexp_like regexp_replace regexp_substr release_lock rownum rpad schema second sec_to_time session_user
  sha space std stddev stddev_pop stddev_samp str_to_date subdate subtime sysdate system_user time time_format
  time_to_sec timediff timestamp timestampadd timestampdiff to_days to_nchar to_seconds uncompress
  uncompressed_length unix_timestamp utc_time utc_timestamp values var_pop var_samp variance week
  weekofyear xmltype year yearweek group_concat`,
)

/** Whether a name, or what stands before its first dot, is one of a database's catalogue. */
export function isCatalogue(name: string): boolean {
  const dot = name.indexOf('.')
  return catalogueNames.has(name) || (dot > 0 && catalogueNames.has(name.slice(0, dot)))
}
