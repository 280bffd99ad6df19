import { isWord, runEnd } from './characters.ts'

/** Packages whose classes an expression or a deserializer is made to name. */
export const packages = [
  'java.lang',
  'java.io',
  'java.net',
  'java.util',
  'java.nio',
  'java.rmi',
  'java.beans',
  'java.sql',
  'java.security',
  'java.runtime',
  'java.processbuilder',
  'javax.script',
  'javax.naming',
  'javax.management',
  'javax.swing',
  'javax.servlet',
  'javax.el',
  'org.apache',
  'org.omg',
  'org.springframework',
  'org.codehaus',
  'org.hibernate',
  'org.mozilla',
  'com.sun',
  'com.opensymphony',
  'com.mchange',
  'com.alibaba',
  'com.tangosol',
  'com.bea',
  'com.ibm',
  'sun.misc',
  'sun.reflect',
  'sun.rmi',
  'jdk.nashorn',
  'weblogic.',
  'ognl.',
  'groovy.',
  'scala.',
  'bsh.',
  'clojure.',
  'freemarker.',
]

const classes = [
  'runtime',
  'processbuilder',
  'scriptengine',
  'classloader',
  'invokertransformer',
  'transformer',
  'classutils',
  'beanshell',
  'objectinputstream',
  'xmldecoder',
  'methodhandle',
]

/** What turns up in payloads for libraries that build objects from texts. */
const gadgets = [
  'clonetransformer',
  'forclosure',
  'instantiatefactory',
  'instantiatetransformer',
  'invokertransformer',
  'prototypeclonefactory',
  'prototypeserializationfactory',
  'whileclosure',
  'getproperty',
  'filewriter',
  'xmldecoder',
  'constanttransformer',
  'chainedtransformer',
  'templatesimpl',
  'jdbcrowset',
  'badattributevalue',
  'priorityqueue',
]

/** Base64 of Java's stream magic 0xACED0005, at each of its three alignments, and its other spellings. */
const magics = [
  'rO0AB',
  'KztAAU',
  'Cs7QAF',
  'H4sIAAAAAAAA',
  '\u00ac\u00ed\u0000\u0005',
  'aced0005',
  'ACED0005',
]

/** Tells whether a text names classes or members by which Java expressions and deserializers run code. */
export function isJavaCode(text: string): boolean {
  if (
    magics.slice(0, 3).some((magic) => text.includes(magic)) ||
    text.includes(magics[4] ?? '') ||
    text.startsWith('aced0005') ||
    text.startsWith('ACED0005')
  )
    return true
  const lower = text.slice(0, 65_536).toLowerCase()
  if (lower.includes('runtime') || lower.includes('processbuilder')) {
    if (gadgets.some((gadget) => lower.includes(gadget))) return true
    if (
      lower.includes('getruntime') ||
      lower.includes('processbuilder(') ||
      lower.includes('.processbuilder')
    )
      return true
  }
  for (const name of packages) {
    for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + name.length)) {
      if (
        at > 0 &&
        (isWord(lower.charCodeAt(at - 1)) ||
          lower.charAt(at - 1) === '.' ||
          lower.charAt(at - 1) === '-' ||
          lower.charAt(at - 1) === '/')
      )
        continue
      if (isClassName(lower, at, name)) return true
    }
  }
  return isExpression(lower) || isCodeOfPackage(lower) || isConnection(lower)
}

/** A name under Java's own packages that ends in what starts programs, whatever stands between: `java.x.runtime`. */
function isCodeOfPackage(lower: string): boolean {
  for (let at = lower.indexOf('java'); at >= 0; at = lower.indexOf('java', at + 4)) {
    if (at > 0 && /[\w./-]/.test(lower.charAt(at - 1))) continue
    const end = runEnd(lower, at, (code) => isWord(code) || code === 46 || code === 36)
    const name = lower.slice(at, Math.min(end, at + 120))
    if (/^javax?\.[\w.$]{0,80}(?:runtime|processbuilder)/.test(name)) return true
  }
  return false
}

/**
 * Parameters of a database's address by which its driver runs code, loads classes or sends files away.
 * Source: H2, "Features", "Execute SQL on Connection"; MySQL Connector/J, "Configuration Properties"; PostgreSQL JDBC,
 * "Initializing the Driver", `socketFactory`; Apache Derby and Db2 likewise.
 */
const drivers =
  /[;?&:]\s{0,4}(?:init\s{0,4}=\s{0,4}(?:runscript|create\s{1,4}(?:alias|trigger)|drop|call)|autodeserialize\s{0,4}=\s{0,4}(?:true|yes)|allowloadlocalinfile(?:inpath)?\s{0,4}=\s{0,4}[^f&;]|allowurlinlocalinfile\s{0,4}=\s{0,4}true|(?:query|statement|connection|exception)interceptors?\s{0,4}=\s{0,4}\w{1,20}\.|(?:socket|sslsocket)factory(?:arg)?\s{0,4}=\s{0,4}\w{1,20}[./:]|trace_level_(?:system_out|file)\s{0,4}=|clientrerouteserverlistjndiname\s{0,4}=|loggerfile\s{0,4}=|javaobjectserializer\s{0,4}=)/

function isConnection(lower: string): boolean {
  return lower.includes('=') && drivers.test(lower)
}

/** A name that a program would resolve: not a word of a sentence about Java, nor a host's name. */
function isClassName(lower: string, at: number, name: string): boolean {
  const end = runEnd(lower, at + name.length, (code) => isWord(code) || code === 46 || code === 36)
  const parts = lower.slice(at, end).split('.').filter(Boolean)
  const lang = name.startsWith('java.') || name.startsWith('javax.') || name.startsWith('org.omg')
  const alone = at === 0 && end === lower.length
  if (isReport(lower, at, end)) return false
  if (lang && (alone || lower.length < 300)) return true
  if (alone && parts.length >= 3 && name !== 'com.ibm' && name !== 'com.bea') return true
  if (
    parts.length >= 4 &&
    (alone ||
      lower.charAt(end) === '(' ||
      lower.charAt(end) === '"' ||
      lower.charAt(end) === "'" ||
      lower.charAt(end) === '@' ||
      lower.charAt(at - 1) === '"' ||
      lower.charAt(at - 1) === '(')
  )
    return name !== 'com.ibm' && name !== 'org.apache'
      ? !lang || lower.charAt(end) !== '.'
      : classes.some((part) => lower.slice(at, end).includes(part)) || lower.charAt(at - 1) === '"'
  return lang && (lower.charAt(end) === '(' || lower.charAt(at - 1) === '"')
}

/** What a log or a trace says went wrong, and where: an exception that nothing makes, and frames. */
function isReport(lower: string, at: number, end: number): boolean {
  if (lower.slice(Math.max(0, at - 3), at) === 'at ') return lower.includes('.java:', end)
  const what = lower.slice(at, end)
  if (!what.endsWith('exception') && !what.endsWith('error')) return false
  return (
    at > 0 &&
    lower.charAt(at - 1) === ' ' &&
    !lower.slice(0, at).endsWith('new ') &&
    lower.charAt(end) === ':'
  )
}

/** OGNL and SpEL: `#_memberAccess`, `@java…@`, `T(…)`, `class.module.classLoader`. */
function isExpression(lower: string): boolean {
  return (
    lower.includes('#_memberaccess') ||
    lower.includes('@ognl') ||
    lower.includes('#context[') ||
    lower.includes('#request[') ||
    lower.includes('class.module.classloader') ||
    lower.includes('class.classloader') ||
    lower.includes('getclass().forname') ||
    lower.includes('.getclass().') ||
    (lower.includes("['class']") && lower.includes('classloader')) ||
    lower.includes('allowstaticmethodaccess') ||
    lower.includes('redirect:${') ||
    lower.includes('redirectaction:') ||
    (lower.includes('(#') && lower.includes('=@'))
  )
}
