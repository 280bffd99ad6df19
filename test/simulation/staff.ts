import { agents, type Caller, employee, user } from './callers.ts'
import type { Call } from './calls.ts'
import { account, addresses } from './places.ts'
import { happen } from './happenings.ts'
import type { Chance } from './random.ts'
import * as toolkits from './toolkits.ts'

/** Puts a call on the time line. */
export type Say = (atMs: number, caller: Caller, call: Call) => void

export const [secondMs, minuteMs, hourMs, dayMs] = [1000, 60_000, 3_600_000, 86_400_000]
/** A Monday. */
export const startMs = Date.UTC(2026, 2, 2)
export const days = 14

type Job = 'developer' | 'administrator' | 'auditor' | 'support'

/** One of the fifty. */
export interface Person {
  readonly name: string
  readonly job: Job
  readonly home: string
  readonly agent: string
  /** Developers with a long-term key of their own; the others come by Identity Center. */
  readonly hasKey: boolean
  /** First day of work. */
  readonly from: number
}

const jobs: readonly (readonly [Job, number])[] = [
  ['developer', 36],
  ['administrator', 3],
  ['auditor', 1],
  ['support', 10],
]
const newcomers: ReadonlyMap<string, number> = new Map([
  ['dev34', 7],
  ['dev35', 9],
])
/** Who is in a hotel from one day to another, a long flight away. */
const journeys: ReadonlyMap<string, readonly [from: number, to: number]> = new Map([
  ['dev7', [8, 11]],
  ['administrator1', [9, 10]],
])
/** Who gets another computer, with another system, and when. */
const laptops: ReadonlyMap<string, readonly [day: number, agent: string]> = new Map([
  ['dev12', [9, agents.cliLinux]],
  ['dev13', [8, agents.cliMac]],
])
const onCall: ReadonlyMap<number, string> = new Map([
  [3, 'dev3'],
  [6, 'dev4'],
  [10, 'dev3'],
  [12, 'dev4'],
])

export function staff(chance: Chance): readonly Person[] {
  return jobs.flatMap(([job, many]) =>
    Array.from({ length: many }, (_, at) => {
      const name = `${job === 'developer' ? 'dev' : job}${at}`
      const home = `${chance.pick(['93.184', '91.64'])}.${chance.whole(250)}.${chance.whole(250) + 1}`
      const agent = chance.pick([agents.cliMac, agents.cliMac, agents.cliLinux, agents.cliWindows])
      return {
        name,
        job,
        home,
        agent,
        hasKey: job === 'developer' && at % 2 === 1,
        from: newcomers.get(name) ?? 0,
      }
    }),
  )
}

const permissionSets: Readonly<Record<Job, string>> = {
  developer: 'DeveloperAccess',
  administrator: 'AdministratorAccess',
  auditor: 'SecurityAudit',
  support: 'ViewOnlyAccess',
}

/** Somebody at the command line. */
export function atShell({ name, job, agent, hasKey }: Person, address: string): Caller {
  return { identity: hasKey ? user(name) : employee(name, permissionSets[job]), address, agent }
}

function inConsole({ name, job, hasKey }: Person, address: string): Caller {
  const identity = hasKey ? user(name, { isConsole: true }) : employee(name, permissionSets[job])
  return { identity, address, agent: agents.browser, isConsole: true }
}

/** A fortnight of fifty people. */
export function workOf(people: readonly Person[], chance: Chance, say: Say): void {
  for (let day = 0; day < days; day += 1) {
    const isWeekend = day % 7 >= 5
    for (const person of people) {
      if (day < person.from || isWeekend || chance.happens(0.08)) continue // Ill, or off.
      dayOf(person, day, chance, say)
    }
    const name = onCall.get(day)
    const person = people.find((one) => one.name === name)
    if (person) nightOf(person, day, chance, say)
  }
  for (const [name, day] of newcomers) arrive(people, name, day, chance, say)
  happen(people, chance, say)
}

function isAway({ name }: Person, day: number): boolean {
  const [from, to] = journeys.get(name) ?? [days, 0]
  return day >= from && day <= to
}

function placeOf(person: Person, day: number, chance: Chance): string {
  if (isAway(person, day))
    return isAway(person, day - 1) && isAway(person, day + 1) ? '104.28.30.9' : '12.190.4.17'
  if (chance.happens(0.06)) return `77.20.${chance.whole(200)}.${chance.whole(250) + 1}` // By the phone, on the train.
  return chance.happens(0.4) ? person.home : addresses.office
}

function dayOf(person: Person, day: number, chance: Chance, say: Say): void {
  const place = placeOf(person, day, chance)
  const morning =
    startMs + day * dayMs + (isAway(person, day) ? 15 : 7) * hourMs + chance.whole(90) * minuteMs
  const [changed, agent] = laptops.get(person.name) ?? [days, '']
  const shell = atShell(day < changed ? person : { ...person, agent }, place)
  const screen = inConsole(person, place)
  if (person.hasKey && chance.happens(0.4)) say(morning, screen, signIn(chance))
  const often = work[person.job].often
  const rarely = work[person.job].rarely
  for (let left = 15 + chance.whole(45); left > 0; left -= 1) {
    const at = morning + chance.whole(9 * hourMs)
    const make = chance.happens(0.05) && rarely.length > 0 ? chance.pick(rarely) : chance.pick(often)
    const call = make(chance)
    say(at, shell, chance.happens(0.01) ? { ...call, response: null, error: refusal(call) } : call)
  }
  for (let left = chance.happens(0.4) ? 12 : 0; left > 0; left -= 1)
    say(morning + chance.whole(8 * hourMs), screen, chance.pick(toolkits.console)(chance))
  if (person.job === 'auditor' && day % 7 === 1) audit(shell, morning + 2 * hourMs, chance, say)
  if (person.hasKey && day === 4 + (Number(person.name.slice(3)) % 5))
    rotate(person, shell, morning + hourMs, chance, say)
}

function refusal({ api }: Call): string {
  return api.startsWith('ec2:') ? 'Client.UnauthorizedOperation' : 'AccessDenied'
}

const work: Readonly<
  Record<Job, { readonly often: readonly toolkits.Make[]; readonly rarely: readonly toolkits.Make[] }>
> = {
  developer: { often: toolkits.developing, rarely: toolkits.developingRarely },
  administrator: { often: toolkits.administering, rarely: toolkits.administeringRarely },
  auditor: { often: toolkits.supporting, rarely: [] },
  support: { often: toolkits.supporting, rarely: [] },
}

export function signIn(chance: Chance, { mfa = true, failed = false } = {}): Call {
  return {
    api: 'signin:ConsoleLogin',
    request: null,
    response: { ConsoleLogin: failed ? 'Failure' : 'Success' },
    additional: {
      LoginTo: `https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&state=${chance.hex(12)}`,
      ...{ MobileVersion: 'No', MFAUsed: mfa ? 'Yes' : 'No' },
    },
  }
}

function audit(caller: Caller, fromMs: number, chance: Chance, say: Say): void {
  const tool = { ...caller, agent: agents.boto }
  for (const [at, make] of toolkits.auditing.entries())
    for (let page = 0; page < 3; page += 1) {
      const call = make(chance)
      const isRefused = ['organizations:ListAccounts', 'ses:ListIdentities'].includes(call.api)
      say(
        fromMs + at * 20 * secondMs + page * 3 * secondMs,
        tool,
        isRefused ? { ...call, error: 'AccessDenied' } : call,
      )
    }
}

/** A new key, tried out, before the old one goes. */
function rotate({ name }: Person, caller: Caller, atMs: number, chance: Chance, say: Say): void {
  const accessKeyId = `AKIA${chance.capitals(16)}`
  const old = caller.identity.accessKeyId ?? ''
  say(atMs, caller, {
    api: 'iam:CreateAccessKey',
    request: { userName: name },
    response: { accessKey: { userName: name, accessKeyId, status: 'Active' } },
  })
  const next = { ...caller, identity: { ...caller.identity, accessKeyId } }
  say(atMs + 2 * minuteMs, next, { api: 'sts:GetCallerIdentity' })
  say(atMs + 4 * minuteMs, next, {
    api: 'iam:UpdateAccessKey',
    request: { userName: name, accessKeyId: old, status: 'Inactive' },
  })
  say(atMs + dayMs, next, { api: 'iam:DeleteAccessKey', request: { userName: name, accessKeyId: old } })
}

/** An alarm at half past two. */
function nightOf(person: Person, day: number, chance: Chance, say: Say): void {
  const atMs = startMs + day * dayMs + 2.5 * hourMs
  const caller = atShell(person, person.home)
  const target = `i-0aa00000000000${chance.whole(8)}`
  const calls: readonly Call[] = [
    ...[
      'cloudwatch:DescribeAlarms',
      'ec2:DescribeInstances',
      'logs:FilterLogEvents',
      'rds:DescribeDBInstances',
      'ecs:DescribeServices',
    ].map((api) => ({ api })),
    { api: 'ssm:StartSession', request: { target } },
    { api: 'ec2:RebootInstances', request: { instancesSet: { items: [{ instanceId: target }] } } },
    { api: 'ecs:UpdateService', request: { cluster: 'live', service: 'orders', desiredCount: 6 } },
  ]
  for (const [at, call] of calls.entries()) say(atMs + at * 3 * minuteMs, caller, call)
}

/** Somebody new: an administrator makes the user, who sets up a password and a second factor. */
function arrive(people: readonly Person[], name: string, day: number, chance: Chance, say: Say): void {
  const [person, admin] = [
    people.find((one) => one.name === name),
    people.find(({ job }) => job === 'administrator'),
  ]
  if (!person || !admin) return
  const atMs = startMs + day * dayMs + 6 * hourMs
  const byAdmin = atShell(admin, addresses.office)
  const arn = `arn:aws:iam::${account}:user/${name}`
  say(atMs, byAdmin, {
    api: 'iam:CreateUser',
    request: { userName: name },
    response: { user: { userName: name, arn } },
  })
  say(atMs + minuteMs, byAdmin, {
    api: 'iam:CreateLoginProfile',
    request: { userName: name, passwordResetRequired: true },
    response: { loginProfile: { userName: name, passwordResetRequired: true } },
  })
  say(atMs + 2 * minuteMs, byAdmin, {
    api: 'iam:AddUserToGroup',
    request: { userName: name, groupName: 'developers' },
  })
  if (!person.hasKey) return
  const screen = inConsole(person, addresses.office)
  const mfa = `arn:aws:iam::${account}:mfa/${name}`
  say(atMs + hourMs, screen, signIn(chance, { mfa: false }))
  say(atMs + hourMs + minuteMs, screen, { api: 'iam:ChangePassword' })
  say(atMs + hourMs + 3 * minuteMs, screen, {
    api: 'iam:CreateVirtualMFADevice',
    request: { virtualMFADeviceName: name },
    response: { virtualMFADevice: { serialNumber: mfa } },
  })
  say(atMs + hourMs + 4 * minuteMs, screen, {
    api: 'iam:EnableMFADevice',
    request: { userName: name, serialNumber: mfa },
  })
  say(atMs + hourMs + 9 * minuteMs, screen, {
    api: 'iam:CreateAccessKey',
    request: { userName: name },
    response: { accessKey: { userName: name, accessKeyId: user(name).accessKeyId, status: 'Active' } },
  })
}
