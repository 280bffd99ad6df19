import { type AgingCounts, countIn, countOf, noCounts } from '../../memory/aging-counts.ts'
import type { DecayingCount } from '../../memory/decaying-count.ts'
import {
  type FirstSeen,
  firstHourOf,
  type Generations,
  noteFirst,
  nothingSeen,
} from '../../memory/first-seen.ts'
import type { RecentSet } from '../../memory/recent-set.ts'
import type { Volumes } from './volume.ts'

/** On how many different days something was seen, and the last of them. */
interface Age {
  days: number
  lastDay: number
}

/** What is remembered of a principal: a few hundred bytes. Networks, agents, calls and habits are numbers of one set. */
export interface Profile extends Age {
  seen: FirstSeen
  /** How many different sensitive calls it makes. */
  apis: number
  /** Sensitive calls that were new to it lately, by fingerprint. */
  burst?: RecentSet<number>
  refused?: DecayingCount
  /** Operations on objects: how many lately, and the most there usually are. */
  objects?: Volumes
}

/** What is remembered of an account: what is new to a principal may be well known there. */
export interface PeersProfile extends Age {
  seen: FirstSeen
  /** How many principals make a call, have a habit; `everybody` counts principals. */
  users: AgingCounts
}

export const hourMs = 3_600_000
/** Quarterly work is remembered for one to two of these. GuardDuty's own baselines are of 90 days at most. */
const turnHours = 60 * 24
const ofPrincipal: Generations = { turnHours, itemsMax: 192 }
/** An account has some hundreds of sensitive calls, and habits beside them. */
const ofAccount: Generations = { turnHours, itemsMax: 2048 }
/** Before that many days with calls nothing of an account is unusual. Source: GuardDuty User Guide: behaviour is learnt for 7 to 14 days. */
const accountLearnsDays = 7
/** Most of a working week. */
const principalLearnsDays = 4
/** What was first seen within a day is still new: an attack takes hours, and its first call teaches its network. */
const newHours = 24
const everybody = 0

export const freshProfile = (): Profile => ({ days: 0, lastDay: 0, seen: nothingSeen(), apis: 0 })
export const freshPeers = (): PeersProfile => ({
  days: 0,
  lastDay: 0,
  seen: nothingSeen(),
  users: noCounts(),
})

/** Notes where and with what a principal calls; its account learns what the principal did not know. */
export function learn(
  profile: Profile,
  peers: PeersProfile,
  hour: number,
  { networkId, agentId }: { readonly networkId: number; readonly agentId: number },
): void {
  if (profile.days === 0) countIn(peers.users, everybody, hour, ofAccount)
  growOlder(profile, hour)
  growOlder(peers, hour)
  learnItem(profile, peers, hour, networkId)
  learnItem(profile, peers, hour, agentId)
}

function growOlder(age: Age, hour: number): void {
  const day = Math.floor(hour / 24)
  if (day <= age.lastDay) return
  age.lastDay = day
  age.days += 1
}

function learnItem(profile: Profile, peers: PeersProfile, hour: number, item: number): void {
  if (item !== 0 && noteFirst(profile.seen, item, hour, ofPrincipal) !== 'known')
    noteFirst(peers.seen, item, hour, ofAccount)
}

/** Notes what a principal does: a call, a habit. Says whether it never did before. */
export function learnUse(profile: Profile, peers: PeersProfile, hour: number, item: number): boolean {
  const noted = noteFirst(profile.seen, item, hour, ofPrincipal)
  if (noted !== 'known') countIn(peers.users, item, hour, ofAccount)
  return noted === 'first'
}

/** Whether it was seen for the first time within a day, or never. */
export function isNewTo({ seen }: Pick<Profile, 'seen'>, item: number, hour: number): boolean {
  const first = firstHourOf(seen, item)
  return first === undefined || hour - first < newHours
}

/** How many principals of the account do it. */
export function usersOf(peers: PeersProfile, item: number): number {
  return countOf(peers.users, item)
}

/** How many principals of the account were seen to call. */
export function principalsOf(peers: PeersProfile): number {
  return countOf(peers.users, everybody)
}

/** Whether there were enough days before this one. */
export function hasLearnt({ days }: Profile): boolean {
  return days > principalLearnsDays
}

/** The same of an account, which takes longer. */
export function accountHasLearnt({ days }: PeersProfile): boolean {
  return days > accountLearnsDays
}
