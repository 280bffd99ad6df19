import { predicate, textTest } from '../statements/index.ts'
import type { GroupRow } from './group.ts'
import { detecting } from './rows.ts'

const plain = [{ Priority: 0, Type: 'NONE' }]

/** Paths of consoles and of tools that were exploited as they were installed. */
const exploitable =
  /\/(?:web-inf|meta-inf|actuator\/(?:env|heapdump|gateway|jolokia|trace|threaddump)|jolokia\/|jmx-console|invoker\/(?:jmx|ejb)|manager\/html|cgi-bin\/(?:php|test-cgi|\.)|phpunit\/.{0,200}eval-stdin|solr\/.{0,200}(?:config|admin\/cores)|_ignition\/execute|autodiscover\.json.{0,200}powershell|wls-wsat|console\/css\/|hnap1|boaform|\.(?:git|svn|hg|env|aws|ssh|htpasswd|htaccess)(?:\/|$))/i

const isLocal = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d*)?$/i

export const knownBadInputs: GroupRow = {
  vendor: 'AWS',
  name: 'AWSManagedRulesKnownBadInputsRuleSet',
  labels: 'known-bad-inputs',
  capacity: 200,
  description:
    'Requests that only exploits send: Java objects and expressions, Log4j look-ups, consoles, hosts that are the server itself.',
  rules: [
    ...detecting('JavaDeserializationRCE', ['Java'], ['HEADER', 'BODY', 'URIPATH', 'QUERYSTRING']),
    {
      name: 'Host_localhost_HEADER',
      label: 'Host_Localhost_Header',
      statement: predicate((inspection) =>
        inspection.header('host').some((value) => isLocal.test(value.trim())),
      ),
    },
    {
      name: 'PROPFIND_METHOD',
      label: 'Propfind_Method',
      statement: {
        ByteMatchStatement: {
          FieldToMatch: { Method: {} },
          SearchString: 'PROPFIND',
          PositionalConstraint: 'EXACTLY',
          TextTransformations: plain,
        },
      },
    },
    {
      name: 'ExploitablePaths_URIPATH',
      label: 'ExploitablePaths_URIPath',
      statement: textTest('URIPATH', (path) => exploitable.test(path)),
    },
    ...detecting('Log4JRCE', ['LogLookup'], ['HEADER', 'QUERYSTRING', 'BODY', 'URIPATH']),
  ],
}
