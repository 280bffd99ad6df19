import type { UserIdentity } from '#engines/detect/index.ts'
import { account } from './places.ts'
import { chance } from './random.ts'

/** Somebody who calls: as whom, from where, with what. */
export interface Caller {
  readonly identity: UserIdentity
  readonly address: string
  readonly agent: string
  /** Calls by the console say so. */
  readonly isConsole?: boolean
}

/** User agents as the tools send them. */
export const agents = {
  cliMac:
    'aws-cli/2.15.30 md/awscrt#0.19.19 ua/2.0 os/macos#23.4.0 md/arch#arm64 lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe',
  cliLinux:
    'aws-cli/2.13.5 md/awscrt#0.16.26 ua/2.0 os/linux#6.5.0-28-generic md/arch#x86_64 lang/python#3.11.6 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe',
  cliWindows:
    'aws-cli/2.15.10 md/awscrt#0.19.19 ua/2.0 os/windows#10 md/arch#amd64 lang/python#3.11.6 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe',
  browser:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Safari/537.36',
  terraform:
    'APN/1.0 HashiCorp/1.0 Terraform/1.7.5 (+https://www.terraform.io) terraform-provider-aws/5.42.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.26.0 os/linux lang/go#1.21.8 md/GOARCH#amd64 md/GOOS#linux',
  boto: 'Boto3/1.34.69 md/Botocore#1.34.69 ua/2.0 os/linux#6.1.79 md/arch#x86_64 lang/python#3.12.2 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.69',
  node: 'aws-sdk-js/3.540.0 ua/2.0 os/linux#5.10.210 lang/js md/nodejs#20.11.1 api/kms#3.540.0',
  java: 'aws-sdk-java/2.25.16 Linux/6.1.79 OpenJDK_64-Bit_Server_VM/21.0.2 Java/21.0.2 vendor/Amazon.com_Inc. io/sync http/Apache cfg/retry-mode/legacy',
  go: 'aws-sdk-go-v2/1.25.3 os/linux lang/go#1.22.1 md/GOOS#linux md/GOARCH#amd64',
  kali: 'aws-cli/2.13.5 Python/3.11.6 Linux/6.5.0-kali3-amd64 exe/x86_64.kali.2023 prompt/off command/iam.list-users',
} as const

/** An IAM user with a long-term key. Its ids follow from its name. */
export function user(name: string, { isConsole = false } = {}): UserIdentity {
  const ids = chance(seedOf(name))
  return {
    type: 'IAMUser',
    principalId: `AIDA${ids.capitals(17)}`,
    arn: `arn:aws:iam::${account}:user/${name}`,
    accountId: account,
    accessKeyId: isConsole ? `ASIA${ids.capitals(16)}` : `AKIA${ids.capitals(16)}`,
    userName: name,
    ...(isConsole && {
      sessionContext: { attributes: { creationDate: '2026-03-02T08:00:00Z', mfaAuthenticated: 'true' } },
    }),
  }
}

interface SessionMore {
  readonly path?: string
  readonly mfa?: boolean
  /** Credentials of an instance's metadata service. */
  readonly onInstance?: boolean
}

/** A session of a role. */
export function session(
  role: string,
  name: string,
  { path = '', mfa = false, onInstance = false }: SessionMore = {},
): UserIdentity {
  const id = `AROA${chance(seedOf(role)).capitals(17)}`
  return {
    type: 'AssumedRole',
    principalId: `${id}:${name}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
    accountId: account,
    accessKeyId: `ASIA${chance(seedOf(`${role}/${name}`)).capitals(16)}`,
    sessionContext: {
      sessionIssuer: {
        ...{ type: 'Role', principalId: id, accountId: account, userName: role },
        arn: `arn:aws:iam::${account}:role/${path}${role}`,
      },
      attributes: { creationDate: '2026-03-02T08:00:00Z', mfaAuthenticated: String(mfa) },
      ...(onInstance && { ec2RoleDelivery: '2.0' }),
    },
  }
}

/** A person's session by IAM Identity Center. */
export function employee(name: string, permissionSet: string): UserIdentity {
  const path = 'aws-reserved/sso.amazonaws.com/eu-central-1/'
  return session(`AWSReservedSSO_${permissionSet}_0123456789abcdef`, `${name}@example.com`, { path })
}

function seedOf(name: string): number {
  let seed = 7
  for (const letter of name) seed = Math.imul(seed, 31) + (letter.codePointAt(0) ?? 0)
  return seed
}
