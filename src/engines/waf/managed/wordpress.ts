import { textTest } from '../statements/index.ts'
import type { GroupRow } from './group.ts'

const commands =
  /^(?:do-reset-wordpress|wp_automatic|revslider_show_image|duplicator_download|wpgmza_|kbs_|nm_personalizedproduct|wp_ajax_nopriv_\w+)$/i
const paths =
  /\/(?:xmlrpc\.php|wp-config(?:\.php)?(?:[.~_-]\w*)?$|wp-content\/(?:debug\.log|uploads\/.{0,200}\.ph(?:p\d?|tml|ar)|plugins\/.{0,200}\/(?:timthumb|upload|shell|cmd)\.php)|wp-admin\/(?:install|setup-config)\.php|wp-json\/wp\/v2\/users|wp-includes\/.{0,200}\.php$)/i

export const wordPressApplication: GroupRow = {
  vendor: 'AWS',
  name: 'AWSManagedRulesWordPressRuleSet',
  labels: 'wordpress-app',
  capacity: 100,
  description: 'Commands and paths of WordPress by which sites are taken over.',
  rules: [
    {
      name: 'WordPressExploitableCommands_QUERYSTRING',
      label: 'WordPressExploitableCommands_QUERYSTRING',
      statement: textTest('QUERYARGUMENTS', (text) => commands.test(text)),
    },
    {
      name: 'WordPressExploitablePaths_URIPATH',
      label: 'WordPressExploitablePaths_URIPATH',
      statement: textTest('URIPATH', (path) => paths.test(path)),
    },
  ],
}
