import { isCrossSiteScripting } from './html/index.ts'
import { isSqlInjection } from './sql/index.ts'
export type Place = 'path' | 'name' | 'value' | 'header' | 'cookie' | 'body'
const t = [['sql', (x: string) => isSqlInjection(x, 'LOW')], ['sql-high', (x: string) => isSqlInjection(x, 'HIGH')], ['xss', isCrossSiteScripting]] as const
export function detect(text: string, place: Place): string[] { void place; return t.filter(([, f]) => f(text)).map(([n]) => n) }
