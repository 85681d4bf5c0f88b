// The landing page and the API reference. They only load files of this host, which are in assets/.
import { html } from "hono/html";

const head = (title: string, description: string) => html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${description}">
<title>${title}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">`;

/** The landing page. `origin` is the address of this host, so that its commands can be copied and run. */
export const landing = (origin: string) => html`<!doctype html>
<html lang="en">
<head>
${head("Leadwire", "A CRM API that tells other systems what happened, by webhooks that never get lost.")}
<link rel="stylesheet" href="/theme.css">
<link rel="stylesheet" href="/site.css">
</head>
<body>
<main>
<header>
<h1><img src="/favicon.svg" alt="" width="40" height="40">Leadwire</h1>
<p class="lead">A CRM API that tells your other systems what happened, by webhooks that never get lost.</p>
</header>
<nav aria-label="Documentation">
<a href="/docs/quick-start"><strong>Guides</strong><span>From a key to a signed webhook in ten minutes</span></a>
<a href="/dashboard"><strong>Dashboard</strong><span>Keys, webhooks, deliveries and data, with your API key</span></a>
<a href="/docs"><strong>API reference</strong><span>Every operation and event, to read and to try</span></a>
<a href="/openapi.json"><strong>OpenAPI document</strong><span>For clients, importers and generators</span></a>
<a href="/llms.txt"><strong>llms.txt</strong><span>The same, for language models; MCP clients connect to <code>/mcp</code></span></a>
<a href="/docs/typescript"><strong>TypeScript and command line</strong><span>A typed client, webhook verification, and events sent to your machine</span></a>
<a href="/health"><strong>Health</strong><span>Whether the API and its database answer</span></a>
</nav>
<section aria-labelledby="start">
<h2 id="start">Quick start</h2>
<p>Your operator gives you the first API key; it looks like <code>lw_live_…</code>.</p>
<pre tabindex="0" aria-label="Set the address and the key"><code>export LEADWIRE_URL="${origin}"
export LEADWIRE_API_KEY="lw_live_…"</code></pre>
<p>Subscribe one of your URLs to all events. The answer contains the secret that signs them:</p>
<pre tabindex="0" aria-label="Create a webhook"><code>curl "$LEADWIRE_URL/api/v1/webhooks" \\
  -H "x-api-key: $LEADWIRE_API_KEY" \\
  -H "content-type: application/json" \\
  -d '{
    "url": "https://hooks.example.com/leadwire",
    "events": ["*"]
  }'</code></pre>
<p>Create a lead, and the webhook is notified:</p>
<pre tabindex="0" aria-label="Create a lead"><code>curl "$LEADWIRE_URL/api/v1/leads" \\
  -H "x-api-key: $LEADWIRE_API_KEY" \\
  -H "content-type: application/json" \\
  -d '{
    "name": "Jane Smith",
    "email": "jane@example.com"
  }'</code></pre>
</section>
<section aria-labelledby="promises">
<h2 id="promises">What you can rely on</h2>
<ul>
<li><strong>No event is lost.</strong> It is stored together with the change itself and sent until it is received: up to five times within about 80 minutes, and again whenever you ask for it.</li>
<li><strong>You can see what was sent.</strong> Every delivery is stored for 30 days, with each attempt and its answer.</li>
<li><strong>Nothing is done twice.</strong> An <code>Idempotency-Key</code> makes any write safe to repeat.</li>
<li><strong>Lists are complete.</strong> In the order of creation, no row is repeated or missing, even while others write.</li>
</ul>
</section>
</main>
</body>
</html>`;

/** The API reference: an empty page in which Scalar renders /openapi.json. */
export const reference = () => html`<!doctype html>
<html lang="en">
<head>
${head("Leadwire API reference", "Every operation and event of the Leadwire API, to read and to try.")}
<link rel="stylesheet" href="/theme.css">
<link rel="stylesheet" href="/reference.css">
<link rel="stylesheet" href="/search.css">
</head>
<body>
<noscript>This page needs JavaScript. The same content is in the <a href="/openapi.json">OpenAPI document</a> and in <a href="/llms.txt">llms.txt</a>.</noscript>
<header class="bar">
<a class="brand" href="/"><img src="/favicon.svg" alt="" width="24" height="24">Leadwire</a>
<nav aria-label="Site"><a href="/docs/quick-start">Guides</a><a href="/docs" aria-current="page">API reference</a></nav>
</header>
<div id="reference"></div>
<script src="/search.js" defer></script>
<script src="/docs.js" defer></script>
<script src="/vendor/scalar-api-reference-1.72.1.js" defer></script>
</body>
</html>`;
