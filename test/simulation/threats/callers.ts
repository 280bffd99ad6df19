import { agents, type Caller } from '../callers.ts'
import { object } from '../calls.ts'
import { account, addresses, listedAddress } from '../places.ts'
import { dayMs, signIn } from '../staff.ts'
import { type Technique, times } from '../technique.ts'

const from = (caller: Caller, address: string): Caller => ({ ...caller, address })
const by = (caller: Caller, agent: string): Caller => ({ ...caller, agent })
const root: Caller = {
  identity: { type: 'Root', principalId: account, arn: `arn:aws:iam::${account}:root`, accountId: account },
  ...{ address: addresses.office, agent: agents.browser },
}

/** Who calls, from where, with what. */
export const callerThreats: readonly Technique[] = [
  {
    name: 'calls by Tor',
    types: ['UnauthorizedAccess:IAMUser/TorIPCaller', 'Recon:IAMUser/TorIPCaller'],
    attack: ({ call, developer }) =>
      call(from(developer, listedAddress('tor')), {
        api: 'iam:CreateAccessKey',
        request: { userName: 'dev5' },
      }),
    twin: 'the same by a hotel',
    nearMiss: ({ call, developer }) => call(from(developer, '104.28.30.9'), { api: 'ec2:DescribeInstances' }),
  },
  {
    name: 'calls from a listed address',
    types: ['UnauthorizedAccess:IAMUser/MaliciousIPCaller', 'Recon:IAMUser/MaliciousIPCaller'],
    attack: ({ call, developer }) =>
      call(from(developer, listedAddress('malicious')), { api: 'iam:ListUsers' }),
    twin: 'a stranger at a listed address is refused before he is anybody',
    nearMiss: ({ call, developer }) => call(developer, { api: 'iam:GetUser' }),
  },
  {
    name: 'objects read from a listed address',
    types: [
      'Exfiltration:S3/MaliciousIPCaller',
      'Discovery:S3/MaliciousIPCaller',
      'Exfiltration:S3/AnomalousBehavior',
    ],
    attack: ({ call, shop }) =>
      call(from(shop, listedAddress('malicious')), object('GetObject', 'example-shop-assets', 'a/1.json')),
    twin: 'the program reads them',
    nearMiss: ({ call, shop }) => call(shop, object('GetObject', 'example-shop-assets', 'a/1.json')),
  },
  {
    name: 'Kali Linux',
    types: ['PenTest:IAMUser/KaliLinux'],
    attack: ({ call, developer }) => call(by(developer, agents.kali), { api: 'sts:GetCallerIdentity' }),
    twin: 'a tool with a name alike',
    nearMiss: ({ call, developer }) =>
      call(by(developer, 'kalisto/1.0 os/linux'), { api: 'sts:GetCallerIdentity' }),
  },
  {
    name: 'the root user',
    types: ['Policy:IAMUser/RootCredentialUsage'],
    attack: ({ call }) => call(root, { api: 'iam:ListUsers' }),
    twin: 'the account’s own role, called root',
    nearMiss: ({ call, developer }) => call(developer, { api: 'iam:GetRole', request: { roleName: 'root' } }),
  },
  {
    name: 'a function’s credentials used from outside',
    types: [
      'UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.OutsideAWS',
      'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
    ],
    attack: ({ call, stolenShop }) =>
      times(3, () => call(stolenShop, object('GetObject', 'example-shop-assets', 'a/1.json'))),
    twin: 'from the network’s own gateway',
    nearMiss: ({ call, shop }) =>
      times(3, () => call(shop, object('GetObject', 'example-shop-assets', 'a/1.json'))),
  },
  {
    name: 'a password guessed',
    types: ['CredentialAccess:IAMUser/PasswordGuessing', 'InitialAccess:IAMUser/PasswordGuessed'],
    attack: ({ call, thief, chance }) => {
      const guesser = by(thief, agents.browser)
      times(15, () =>
        call(guesser, { ...signIn(chance, { mfa: false, failed: true }), error: 'Failed authentication' }),
      )
      call(guesser, signIn(chance, { mfa: false }))
    },
    twin: 'a developer mistypes twice',
    nearMiss: ({ call, developer, chance }) => {
      const screen = by(developer, agents.browser)
      times(2, () => call(screen, { ...signIn(chance, { failed: true }), error: 'Failed authentication' }))
      call(screen, signIn(chance))
    },
  },
  {
    name: 'travelling faster than one can',
    types: [
      'UnauthorizedAccess:IAMUser/ImpossibleTravel',
      'UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B',
    ],
    attack: ({ call, developer, chance }) => {
      const screen = by(developer, agents.browser)
      call(screen, signIn(chance))
      call(from(screen, '12.190.4.17'), signIn(chance))
    },
    twin: 'the same a day later',
    nearMiss: ({ call, wait, developer, chance }) => {
      const screen = by(developer, agents.browser)
      call(screen, signIn(chance))
      wait(dayMs)
      call(from(screen, '12.190.4.17'), signIn(chance))
    },
  },
]
