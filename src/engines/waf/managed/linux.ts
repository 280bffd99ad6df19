import type { TextTest } from '../statements/index.ts'
import type { GroupRow } from './group.ts'
import { testing } from './rows.ts'

const linux =
  /(?:^|[/\\.=:])(?:etc|proc|sys|dev|root|boot|home|var\/log|var\/run|usr)[/\\]|\.(?:bash_history|bashrc|ssh|profile)\b/i

/** A path to a file of a Linux machine. */
const linuxFile: TextTest = { test: (text) => linux.test(text), detector: 'PathTraversal' }

export const linuxSystem: GroupRow = {
  vendor: 'AWS',
  name: 'AWSManagedRulesLinuxRuleSet',
  labels: 'linux-os',
  capacity: 200,
  description: 'Paths to files of a Linux machine.',
  rules: testing('LFI', ['URIPATH', 'QUERYSTRING', 'HEADER'], linuxFile),
}
