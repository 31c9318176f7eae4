import type { Project } from '#admin-api'

export type SnippetName = 'env' | 'sdk' | 'supabase' | 'curl' | 'graphql'

/** The lines that connect an app, filled with the project's own address and key. */
export function connectionSnippets({ url, graphqlUrl, publishableKey }: Project): Record<SnippetName, string> {
  return {
    env: `PLINTH_URL=${url}\nPLINTH_KEY=${publishableKey}`,
    sdk: `import { createClient } from '@plinth/client'\n\nconst plinth = createClient('${url}', '${publishableKey}')\nconst { data, error } = await plinth.from('todos').select('*').limit(10)`,
    supabase: `import { createClient } from '@supabase/supabase-js'\n\nconst client = createClient('${url}', '${publishableKey}')\nconst { data, error } = await client.from('todos').select('*').limit(10)`,
    curl: `curl '${url}/rest/v1/todos?limit=10' \\\n  -H 'apikey: ${publishableKey}'`,
    graphql: `curl '${graphqlUrl}' \\\n  -H 'apikey: ${publishableKey}' \\\n  -H 'content-type: application/json' \\\n  -d '{"query":"{ todos(limit: 10) { id title } }"}'`,
  }
}
