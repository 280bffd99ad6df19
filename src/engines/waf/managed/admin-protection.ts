import { textTest } from '../statements/index.ts'
import type { GroupRow } from './group.ts'

/** First steps of a path under which software is administered. */
const administration =
  /^\/+(?:admin(?:istrator|console|panel|er)?(?:\.php)?|wp-admin|phpmyadmin|pma|myadmin|sqlmanager|dbadmin|cpanel|webadmin|server-manager|manager|host-manager|sysadmin)(?:\/|$)/i

export const adminProtection: GroupRow = {
  vendor: 'AWS',
  name: 'AWSManagedRulesAdminProtectionRuleSet',
  labels: 'admin-protection',
  capacity: 100,
  description: 'Pages for administrators, which are not for the public.',
  rules: [
    {
      name: 'AdminProtection_URIPATH',
      label: 'AdminProtection_URIPath',
      statement: textTest('URIPATH', (path) => administration.test(path)),
    },
  ],
}
