import type { GroupRow, RuleRow } from './group.ts'
import type { TextTest } from '../statements/index.ts'
import { type NamedPart, testing } from './rows.ts'

const windows =
  /\b(?:cmd|dir|type|net1?|ipconfig|systeminfo|tasklist|taskkill|schtasks|wmic|reg|regsvr32|rundll32|mshta|certutil|bitsadmin|cscript|wscript|whoami|ping|nslookup|findstr|copy|del|icacls|attrib|ver)\b(?:\.exe)?/i
const powershell =
  /\b(?:powershell|pwsh|invoke-\w+|iex|iwr|new-object|get-\w+|set-\w+|start-\w+|out-\w+|downloadstring|encodedcommand|frombase64string)\b/i

/** What the reader of shells finds, where a word says whose shell it is. */
const commandWith = (words: RegExp): TextTest => ({
  test: (text) => words.test(text),
  detector: 'ShellCommand',
})

const parts: readonly NamedPart[] = ['COOKIE', 'QUERYARGUMENTS', 'BODY']

const rules: readonly RuleRow[] = [
  ...testing('WindowsShellCommands', parts, commandWith(windows)),
  ...testing('PowerShellCommands', parts, commandWith(powershell)),
]

export const windowsSystem: GroupRow = {
  vendor: 'AWS',
  name: 'AWSManagedRulesWindowsRuleSet',
  labels: 'windows-os',
  capacity: 200,
  description: 'Commands of the Windows command line and of PowerShell.',
  rules,
}
