import { isWord, skipSpace } from '../characters.ts'

/** What only a shell's code contains: internal field separators as spaces, network devices, function exports. */
export function hasTell(text: string): boolean {
  if (
    text.includes('${IFS') ||
    text.includes('$IFS') ||
    text.includes('/dev/tcp/') ||
    text.includes('/dev/udp/')
  )
    return true
  if (text.includes('$SHELL -') || text.includes('${SHELL} -')) return true
  if (isArithmetic(text) || isFormula(text) || runsByOption(text)) return true
  if (isForkBomb(text) || hasInterpreterCall(text)) return true
  const start = skipSpace(text, 0)
  if (text.startsWith('()', start) && text.charAt(skipSpace(text, start + 2)) === '{') return true
  return isBatch(text)
}

/** An expansion of a sum of numbers, sent to see its result. */
function isArithmetic(text: string): boolean {
  return text.includes('$((') && text.length < 100 && /\$\(\(\s*\d+\s*[-+*/%]\s*\d+\s*\)\)/.test(text)
}

/** A cell that starts a program by dynamic data exchange: `=cmd|' /C calc'!A0`. */
function isFormula(text: string): boolean {
  return text.includes("|'") && /^\s*[=+@-][^|]{0,40}\b\w+\|'[^']{1,200}'!/.test(text)
}

/** Options by which programs are told of another one to run. */
const runningOptions =
  /(?:^|\s)(?:-o\s?(?:proxycommand|localcommand)\s?=|--(?:use-askpass|upload-pack|receive-pack|checkpoint-action|to-command|use-compress-program|rsh|rsync-path|pager|open-files-in-pager)=)/i

function runsByOption(text: string): boolean {
  return text.length < 200 && /^\s*-/.test(text) && runningOptions.test(text)
}

/** A function that calls itself twice and is called: `f(){ f|f& };f`. */
function isForkBomb(text: string): boolean {
  const at = text.indexOf('()')
  if (at < 1 || at > 20 || text.length > 200) return false
  const open = skipSpace(text, at + 2)
  return (
    text.charAt(open) === '{' &&
    text.includes('&', open) &&
    text.includes('}', open) &&
    text.charAt(at - 1) !== ' ' &&
    !text.includes('=>')
  )
}

/** How scripts of other languages call a shell; in documents they stand among other lines. */
export const interpreterCalls = [
  'wscript.shell',
  'os.system(',
  'os.popen(',
  'subprocess.',
  '__import__(',
  'process.spawn(',
  'kernel.exec',
  'cmd.exe /c',
  'cmd /c ',
  'cmd.exe',
  '/bin/sh',
  '/bin/bash',
  'io.popen(',
  'runtime.exec(',
]

function hasInterpreterCall(text: string): boolean {
  if (text.length > 1500) return false
  const lower = text.toLowerCase()
  return (
    interpreterCalls.some((call) => lower.includes(call)) && !lower.includes('```') && !lower.startsWith('#!')
  )
}

/** Windows batch: `for /r … %a in (…) do`, `if %x% equ`, `%SystemRoot%` and its like. */
function isBatch(text: string): boolean {
  const lower = text.slice(0, 4096).toLowerCase()
  if (!lower.includes('%') && !lower.startsWith('if ') && !lower.startsWith('for ')) return false
  for (const variable of [
    '%systemroot%',
    '%systemdrive%',
    '%comspec%',
    '%windir%',
    '%programfiles',
    '%userprofile%',
    '%appdata%',
    '%temp%',
  ]) {
    if (lower.includes(variable)) return true
  }
  for (let at = lower.indexOf('for '); at >= 0; at = lower.indexOf('for ', at + 4)) {
    if (at > 0 && isWord(lower.charCodeAt(at - 1))) continue
    const rest = lower.slice(at + 4, at + 300).trimStart()
    const loop = rest.startsWith('%') || (rest.startsWith('/') && 'rdfl'.includes(rest.charAt(1)))
    if (loop && rest.includes('%') && rest.includes(' in') && rest.includes('do')) return true
  }
  for (let at = lower.indexOf('if '); at >= 0; at = lower.indexOf('if ', at + 3)) {
    if (at > 0 && isWord(lower.charCodeAt(at - 1))) continue
    const rest = lower.slice(at + 3, at + 120).trimStart()
    if (
      (rest.startsWith('"%') ||
        rest.startsWith('"!') ||
        rest.startsWith('not "') ||
        rest.startsWith('%') ||
        rest.startsWith('not %')) &&
      rest.includes('==')
    )
      return true
    if (
      rest.startsWith('/i ') ||
      rest.startsWith('not exist ') ||
      rest.startsWith('exist ') ||
      rest.startsWith('defined ') ||
      rest.startsWith('not defined ') ||
      rest.startsWith('errorlevel ') ||
      rest.startsWith('cmdextversion ')
    )
      return at === 0 || lower.includes('%')
    if ([' equ ', ' neq ', ' lss ', ' leq ', ' gtr ', ' geq '].some((operator) => rest.includes(operator)))
      return true
  }
  return false
}
