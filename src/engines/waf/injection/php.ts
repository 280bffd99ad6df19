import { isDigit, isLetter, isSpace, isWord, runEnd, skipSpace, words } from './characters.ts'

/** Functions that run code or commands, or tell of the server: hardly a word of prose, and none of another language. */
const tellingFunctions = words(
  `phpinfo passthru shell_exec proc_open popen pcntl_exec base64_decode base64_encode gzinflate gzuncompress gzdecode str_rot13
  file_get_contents file_put_contents fputs fopen readfile highlight_file show_source call_user_func call_user_func_array create_function
  array_map array_filter usort uasort register_shutdown_function register_tick_function preg_replace preg_replace_callback
  get_defined_vars get_defined_functions getcwd scandir opendir move_uploaded_file parse_str extract putenv ini_set ini_get
  array_diff array_merge array_walk assert_options ob_start ob_get_contents var_dump var_export print_r unserialize serialize
  mysql_query mysqli_query pg_query sqlite_open posix_getpwuid posix_kill symlink escapeshellcmd set_error_handler
  func_get_args func_get_arg get_cfg_var get_current_user getmypid getmyuid php_uname phpversion zend_version sys_get_temp_dir
  die eval assert system exec chr array_diff_ukey is_callable curl_exec curl_init simplexml_load_string error_log mb_ereg_replace ftp_connect
  array_walk_recursive array_key_exists array_uintersect array_udiff array_diff_uassoc array_intersect_ukey array_reduce array_flip
  call_user_method call_user_method_array func_num_args forward_static_call forward_static_call_array function_exists
  session_start session_set_save_handler socket_create socket_connect socket_write stream_get_contents stream_context_create
  stream_socket_client set_time_limit set_include_path set_exception_handler get_loaded_extensions get_extension_funcs get_included_files
  get_required_files get_object_vars get_class_methods get_declared_classes get_html_translation_table get_magic_quotes_gpc
  is_uploaded_file is_writable is_executable parse_ini_file parse_ini_string error_reporting debug_backtrace debug_zval_refcount
  disk_free_space disk_total_space file_exists fsockopen pfsockopen bzopen gzopen gzfile gzpassthru readgzfile fputcsv fgetcsv
  fileperms fileowner fileatime filectime filemtime linkinfo tempnam tmpfile strrev convert_uuencode convert_uudecode hex2bin
  htmlspecialchars_decode html_entity_decode iterator_apply inet_pton image2wbmp imagecreatefrompng imagecreatefromgif imagepng
  ini_get_all ini_restore ini_alter import_request_variables php_ini_loaded_file php_ini_scanned_files php_sapi_name getmyinode
  getlastmod getallheaders gethostbyname gethostbyaddr getservbyname getprotobyname getrusage json_decode json_encode
  random_bytes register_tick_function runkit_function_rename str_ireplace str_word_count unregister_tick_function
  url_rewriter var_sizeof zip_open zip_read xml_parser_create xml_set_element_handler date_default_timezone_get reflectionfunction
  reflectionmethod splfileobject simplexmlelement globiterator directoryiterator filesystemiterator`,
)

/** Of these, functions that other languages have too: they count with PHP's variables or quotes in their arguments. */
const sharedFunctions = words(
  'eval assert system chr die extract fopen symlink popen fileperms tempnam tmpfile hex2bin gethostbyname gethostbyaddr serialize unserialize getcwd opendir exec print echo array_map',
)

const superglobals = words(
  '_get _post _request _cookie _server _session _files _env globals http_raw_post_data http_post_vars http_get_vars',
)

export const settings = [
  'allow_url_include',
  'allow_url_fopen',
  'auto_prepend_file',
  'auto_append_file',
  'disable_functions',
  'open_basedir',
  'suhosin.simulation',
  'safe_mode',
  'cgi.force_redirect',
  'mbstring.',
  'opcache.',
  'session.upload',
  'zend.',
  'assert.',
  'precision',
  'mysqli.',
  'pcre.',
]

/** Functions on files and of the machine whose names every language has: the text must be their call, with a text or a variable. */
const plainCalls =
  /^[\s;'"@.)(]{0,8}(?:unlink|mkdir|rmdir|chmod|chown|chgrp|rename|copy|glob|getenv|mail|dl|virtual|touch|readlink|symlink|link|file|include|include_once|require_once)\s{0,4}\(\s{0,4}['"$@][^()]{0,100}\)\s{0,4}[;.'")]{0,4}(?:\/\/)?$/i
/** What PHP runs between backticks, or a function whose name is a closure's. */
const runsText =
  /^[\s;'"]{0,4}(?:echo|print)\s{0,4}\(?\s{0,4}`[^`]{1,100}`\s{0,4}\)?\s{0,4};?\s*$|^[\s;'"]{0,4}[Cc]losure::fromcallable\s{0,4}\(/
/** A variable that PHP makes itself, also with its name in braces. */
const ownVariable =
  /\$\{?(?:GLOBALS|_(?:GET|POST|REQUEST|COOKIE|SERVER|SESSION|FILES|ENV)|HTTP_(?:RAW_POST_DATA|(?:GET|POST|COOKIE|SERVER|ENV|SESSION)_VARS))\b/

/** Extensions whose functions carry their name before an underscore, which no other language's do. */
const extensions = words(
  `pg mysqli mysql oci odbc ldap posix pcntl preg mb curl openssl imap ftp sqlite apache ssh2 simplexml ibase mssql cubrid libxml ob iconv
  ctype sodium spl proc eio enchant gmp gnupg igbinary inotify libvirt mcrypt sem shm shmop snmp svn sybase tidy uopz wddx win32 wincache
  xdiff xhprof xmlwriter xmlrpc yaml yaz zend fbsql ingres dba db2 fdf newt ncurses radius rrd`,
)

/** The functions of an object that PHP calls by itself. Source: PHP manual, "Magic Methods". */
const magicMethods =
  /^(?:[\w\\]{0,60}(?:::|->|@))?__(?:construct|destruct|call|callstatic|get|set|isset|unset|sleep|wakeup|serialize|unserialize|tostring|invoke|set_state|clone|debuginfo|autoload)(?:\(\)?)?$/i
/** Names of functions by which what PHP is made to call does harm, where a value is nothing else. */
const callbacks = words(
  `phpinfo call_user_func call_user_func_array shell_exec passthru proc_open pcntl_exec create_function file_put_contents
  file_get_contents highlight_file show_source gzinflate`,
)
/** A command or code given to a function, as the value of a pair: `cmd=system(id)`. */
const runsArgument =
  /^\w{1,30}=\s{0,4}@?(?:system|exec|passthru|shell_exec|popen|eval|assert|phpinfo)\s{0,4}\([^()]{0,60}\)?;?$/i

/** The name of an argument that would be one of PHP's own variables. */
const overwrites = /^(?:GLOBALS|_(?:GET|POST|REQUEST|COOKIE|SERVER|SESSION|FILES|ENV))\[/
/** A digest or a version that is printed: what probes print. */
const shows = /^[\s;'"]{0,4}(?:print|echo|die|exit)\s*\(?\s*(?:md5|sha1|phpversion|php_uname)\s*\(/i
/** Code that is loaded from elsewhere. */
const loads = /\b(?:include|require)(?:_once)?\s*\(?\s*['"](?:https?|ftp|php|data|file|expect):/i

/** Tells whether a text is or holds PHP: its tags, its superglobals, calls of its functions, calls through variables, serialized objects. */
export function isPhp(text: string): boolean {
  return (
    hasTag(text) ||
    overwrites.test(text) ||
    shows.test(text) ||
    namesFunction(text) ||
    (text.length < shortMax && (plainCalls.test(text) || runsText.test(text) || ownVariable.test(text))) ||
    loads.test(text) ||
    hasVariableCode(text) ||
    callsFunction(text) ||
    isSerialized(text) ||
    setsOption(text)
  )
}

/** The whole text is a function's name that an application would call, or a pair whose value calls one. */
function namesFunction(text: string): boolean {
  if (text.length > 140) return false
  const name = text.trim()
  return magicMethods.test(name) || callbacks.has(name.toLowerCase()) || runsArgument.test(name)
}

/** `pg_…(`, `curl_…(`: an extension's function, however few know it. */
function isExtensionFunction(name: string): boolean {
  const line = name.indexOf('_')
  if (line < 2 || line + 3 > name.length) return false
  const extension = name.slice(0, line)
  // C's library has a part of this name.
  return extensions.has(extension) && !name.startsWith('curl_easy')
}

function hasTag(text: string): boolean {
  for (let at = text.indexOf('<?'); at >= 0; at = text.indexOf('<?', at + 2)) {
    const next = text.slice(at + 2, at + 5).toLowerCase()
    if (next === 'php' || next.startsWith('=')) return true
    if (next === 'xml') {
      // `<?xml :system('ls')` and `<?xml ();` run with short tags; a declaration has a version or names a style sheet.
      const rest = text.slice(at + 5, at + 60).trimStart()
      if (rest.startsWith(':') || rest.startsWith('(')) return true
    } else if (next === '' || isSpace(next.charCodeAt(0))) return true
  }
  return text.toLowerCase().startsWith('[php]')
}

function hasVariableCode(text: string): boolean {
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at + 1)) {
    let start = at + 1
    while (text.charAt(start) === '$') start += 1
    const signs = start - at
    at = start - 1
    if (text.charAt(start) === '{') {
      // `${'x'}`, `${$a}`, `${@print(…)}`: a variable whose name is computed.
      const inner = skipSpace(text, start + 1)
      if ('\'"$@'.includes(text.charAt(inner)) && text.charAt(inner) !== '') return true
      continue
    }
    const end = runEnd(text, start, isWord)
    if (end === start) {
      const brace = skipSpace(text, start)
      if (text.charAt(brace) === '{' && brace > start && text.charAt(brace + 1) === '$') return true
      continue
    }
    const name = text.slice(start, Math.min(end, start + 30)).toLowerCase()
    const next = text.charAt(end)
    if (superglobals.has(name) && (next === '[' || next === '{' || next === '(' || next === '.')) return true
    // A call through a variable, or an element of one: `$f(1)`, `$_[0](1)`.
    if (next === '(' && /[a-z_]/i.test(name.charAt(0)) && (text.length < 60 || signs > 1))
      return text.includes(')', end)
    if (next === '[' && name.startsWith('_')) return text.includes('(', end) && text.length < 400
    at = end - 1
  }
  return false
}

/** Longer texts are prose or samples, in which calls of functions are named. */
const shortMax = 200

/** `name(`, also `'name'(`, `(name)(`, `"na"."me"(`. */
function callsFunction(text: string): boolean {
  for (let at = text.indexOf('('); at >= 0; at = text.indexOf('(', at + 1)) {
    let end = at
    while (end > 0 && isSpace(text.charCodeAt(end - 1)) && at - end < 40) end -= 1
    const closing = text.charAt(end - 1)
    if (closing === ')' || closing === "'" || closing === '"') {
      if (isQuotedName(text, end) && text.charAt(at + 1) !== '') return true
      continue
    }
    let start = end
    while (start > 0 && end - start < 40 && isWord(text.charCodeAt(start - 1))) start -= 1
    const name = text.slice(start, end).toLowerCase()
    if (!tellingFunctions.has(name)) {
      if (
        text.length < shortMax &&
        isExtensionFunction(name) &&
        !'.`#'.includes(text.charAt(start - 1) || ' ')
      )
        return true
      continue
    }
    const before = text.charAt(start - 1)
    if (name === 'exec' && start > 0) continue // Elsewhere it is a method of every language.
    if ((before === '.' && !/['"]/.test(text.charAt(start - 2))) || before === '`' || before === '#') continue
    if (!sharedFunctions.has(name)) {
      if (
        name.includes('_') ||
        name.startsWith('php') ||
        name.startsWith('gz') ||
        name.startsWith('base64') ||
        text.length < 200
      )
        return true
      continue
    }
    const rest = text.slice(at + 1, at + 200)
    const argument = skipSpace(rest, 0)
    if (
      '$\'"'.includes(rest.charAt(argument)) &&
      rest.charAt(argument) !== '' &&
      (start === 0 || ';=@:,({ '.includes(before)) &&
      text.length < 2000
    )
      return true
    if (rest.includes('base64_decode') || rest.includes('chr(')) return true
  }
  return false
}

/** A function's name in quotes or parentheses before a call. */
function isQuotedName(text: string, end: number): boolean {
  let start = end
  while (
    start > 0 &&
    end - start < 60 &&
    !isSpace(text.charCodeAt(start - 1)) &&
    text.charAt(start - 1) !== '='
  )
    start -= 1
  let name = ''
  for (let at = start; at < end; at += 1) if (isWord(text.charCodeAt(at))) name += text.charAt(at)
  const lower = name.toLowerCase()
  return (
    [
      'system',
      'exec',
      'passthru',
      'shell_exec',
      'assert',
      'eval',
      'popen',
      'phpinfo',
      'stringsystem',
    ].includes(lower) || tellingFunctions.has(lower)
  )
}

/** `O:8:"stdClass":1:{…`, `C:…`, and arrays that hold such objects. */
function isSerialized(text: string): boolean {
  for (let at = text.indexOf(':'); at > 0; at = text.indexOf(':', at + 1)) {
    const kind = text.charAt(at - 1)
    if (kind !== 'O' && kind !== 'C' && kind !== 'o') continue
    if (at > 1 && isWord(text.charCodeAt(at - 2))) continue
    const sign = text.charAt(at + 1) === '+' ? at + 2 : at + 1
    const digits = runEnd(text, sign, isDigit)
    if (
      digits > sign &&
      text.startsWith(':"', digits) &&
      (isLetter(text.charCodeAt(digits + 2)) ||
        text.charAt(digits + 2) === '_' ||
        text.charAt(digits + 2) === '\\')
    )
      return true
  }
  return false
}

/** `name=value` of a setting that loosens PHP. */
function setsOption(text: string): boolean {
  const equals = text.indexOf('=')
  if (equals < 0) return settings.some((name) => text === name)
  const name = text.slice(0, equals).trim().toLowerCase()
  return (
    name.length < 60 &&
    settings.some((setting) => name.endsWith(setting) || (setting.endsWith('.') && name.startsWith(setting)))
  )
}
