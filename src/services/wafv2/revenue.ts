import type { Call } from '#core/call.ts'
import type { Scope, TimeWindow } from '#models/wafv2.d.ts'
import { wafv2 } from './declare.ts'
import { faults } from './faults.ts'
import { placeOf } from './places.ts'

// Nobody is asked to pay here: `MonetizationConfig` and the action Monetize are refused. So there is no payment to tell of, whatever is
// asked: rankings and lists are empty, and the sums are 0.

/** Ranks where revenue comes from: nothing, as there is none. */
export const GetRevenueStatistics = wafv2('GetRevenueStatistics', {
  access: () => [{ action: 'wafv2:GetRevenueStatistics', resource: '*' }],
  run({ input, call }) {
    requireValid(call, input)
    return { SourceStatistics: [], RevenuePathStatistics: [] }
  },
})

/** Sums revenue up: 0, as there is none. */
export const GetRevenueStatisticsSummary = wafv2('GetRevenueStatisticsSummary', {
  access: () => [{ action: 'wafv2:GetRevenueStatisticsSummary', resource: '*' }],
  run({ input, call }) {
    requireValid(call, input)
    return {
      RevenueBreakdown: {
        TotalAmount: '0',
        VerifiedAmount: '0',
        UnverifiedAmount: '0',
        Currency: input.Currency,
        TotalSettled: 0,
        TotalMonetizeServed: 0,
      },
    }
  },
})

/** Shows revenue over time: no point, as there is none. */
export const GetRevenueStatisticsTimeSeries = wafv2('GetRevenueStatisticsTimeSeries', {
  access: () => [{ action: 'wafv2:GetRevenueStatisticsTimeSeries', resource: '*' }],
  run({ input, call }) {
    requireValid(call, input)
    return { DataPoints: [] }
  },
})

/** Lists settled payments: none, as there are none. */
export const ListSettlementRecords = wafv2('ListSettlementRecords', {
  access: () => [{ action: 'wafv2:ListSettlementRecords', resource: '*' }],
  run({ input, call }) {
    requireValid(call, input)
    return { Settlements: [] }
  },
})

interface Asked {
  readonly Scope: Scope
  readonly TimeWindow: TimeWindow
  readonly NextMarker?: string | undefined
}

/** Faults: WAFInvalidParameterException for a scope of another Region, a window that ends before it begins, and a marker: no answer holds one. */
function requireValid(call: Call, { Scope, TimeWindow: window, NextMarker }: Asked): void {
  placeOf(call, Scope)
  if (NextMarker !== undefined) throw faults.invalidMarker(NextMarker)
  if (!(window.StartTime.getTime() <= window.EndTime.getTime()))
    throw faults.invalidWindow('The time window ends before it begins.')
}
