import { addresses } from '../places.ts'
import { type Technique, times } from '../technique.ts'
import { customer } from '../visitors.ts'

const wordlist = [
  '.env',
  '.git/config',
  'wp-login.php',
  'phpmyadmin',
  'admin.php',
  'backup.zip',
  'server-status',
  'actuator/env',
  'console',
  'shell.php',
  'config.json',
  'id_rsa',
  'dump.sql',
  'old',
  'test',
  'cgi-bin/x',
  'vendor/phpunit',
  'solr',
  'jenkins',
  'manager/html',
]
const injected = {
  action: 'BLOCK' as const,
  status: 403,
  terminatingRuleId: 'sqli',
  labels: ['awswaf:managed:aws:sql-database:SQLi_QueryArguments'],
}

/** Requests at the shop's door. */
export const requestThreats: readonly Technique[] = [
  {
    name: 'a scanner of web sites',
    types: ['Recon:LoadBalancer/WebScanner'],
    attack: ({ visit }) => {
      for (const path of wordlist)
        visit(500, addresses.attacker, `/${path}`, { status: 404, userAgent: 'gobuster/3.6' })
    },
    twin: 'a customer whose old bookmarks are gone',
    nearMiss: ({ visit, chance }) => {
      const client = customer(chance)
      times(4, (at) => visit(5000, client, `/shoes/old-${at}`, { status: 404 }))
    },
  },
  {
    name: 'injections of SQL',
    types: ['InitialAccess:LoadBalancer/SQLInjection'],
    attack: ({ visit }) => times(20, () => visit(1000, addresses.attacker, '/search', injected)),
    twin: 'a customer who looks for a name with an apostrophe',
    nearMiss: ({ visit, chance }) => visit(1000, customer(chance), '/search', injected),
  },
  {
    name: 'passwords of others tried out',
    types: ['CredentialAccess:LoadBalancer/CredentialStuffing'],
    attack: ({ visit }) =>
      times(40, () => visit(1000, addresses.attacker, '/login', { method: 'POST', status: 401 })),
    twin: 'a customer who forgot the password',
    nearMiss: ({ visit, chance }) => {
      const client = customer(chance)
      times(5, () => visit(7000, client, '/login', { method: 'POST', status: 401 }))
      visit(60_000, client, '/login/reset', { method: 'POST', status: 200 })
    },
  },
  {
    name: 'a flood of requests',
    types: ['Impact:LoadBalancer/RequestFlood'],
    attack: ({ visit }) => times(6000, () => visit(1, addresses.attacker, '/search')),
    twin: 'as many requests, of as many customers',
    nearMiss: ({ visit, chance }) => times(6000, () => visit(1, customer(chance), '/search')),
  },
]
