import type { GroupRow } from './group.ts'
import { detecting } from './rows.ts'

export const phpApplication: GroupRow = {
  vendor: 'AWS',
  name: 'AWSManagedRulesPHPRuleSet',
  labels: 'php-app',
  capacity: 100,
  description: 'PHP code, and functions and variables that only code names.',
  rules: detecting('PHPHighRiskMethodsVariables', ['Php'], ['HEADER', 'QUERYSTRING', 'BODY']),
}
