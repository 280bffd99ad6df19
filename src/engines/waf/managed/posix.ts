import type { GroupRow } from './group.ts'
import { detecting } from './rows.ts'

export const posixSystem: GroupRow = {
  vendor: 'AWS',
  name: 'AWSManagedRulesUnixRuleSet',
  labels: 'posix-os',
  capacity: 100,
  description: 'Commands and variables of POSIX shells.',
  // These rules' labels spell the part as their names do.
  rules: detecting('UNIXShellCommandsVariables', ['ShellCommand'], ['QUERYARGUMENTS', 'BODY']).map((row) => ({
    ...row,
    label: row.name,
  })),
}
