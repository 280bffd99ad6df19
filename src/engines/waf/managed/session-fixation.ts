import type { Inspection } from '../inspection.ts'
import { placesOf } from '../texts/index.ts'

/**
 * Names under which frameworks keep their sessions' keys; and not the words that any page may use for sessions of its own,
 * which payment providers put into the links by which they send a customer back.
 */
const sessionNames =
  /^(?:phpsess(?:id|ion)?|jsessionid|jservsession|aspsession(?:id\w*)?|asp\.net_sessionid|cfid|cftoken|cfsid|connect\.sid|koa[.:]sess|laravel_session|ci_session|symfony|play_session|rack\.session|_session_id|sails\.sid|grails_session|viewstate_session|shiny-token|wordpress_(?:logged_in|sec)_?\w*|(?:__secure-)?next-auth\.session-token|flask_session|session-token|django_session|zenid|siteserver|sessionid)$/i

/** A link from another site that brings its own session's key: whoever follows it works in the attacker's session. */
export function fixesSession(inspection: Inspection): boolean {
  const [referer] = inspection.header('referer')
  const [host] = inspection.header('host')
  if (referer === undefined || host === undefined) return false
  const from = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(referer)?.[1]
  if (from === undefined || from.toLowerCase() === host.toLowerCase()) return false
  return (['QUERYARGUMENTS', 'BODY'] as const).some((part) =>
    placesOf[part].some(
      (place) => place === 'name' && inspection.texts.of(part, place).some((name) => sessionNames.test(name)),
    ),
  )
}
